import { useInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Upload } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/Button";
import { Empty } from "@/components/ui/Empty";
import { FilterInput } from "@/components/ui/FilterInput";
import { Loaded } from "@/components/ui/Loaded";
import { Page } from "@/components/ui/Page";
import { filesQuery } from "@/data/files";
import { mayEdit, projectQuery } from "@/data/projects";
import type { FileKind } from "@/data/schema";
import type { Chosen } from "@/lib/dropped";
import { t } from "@/texts";

import { DropArea } from "./DropArea";
import { FileTable } from "./FileTable";
import { Unfinished } from "./Unfinished";
import { UploadDialog } from "./UploadDialog";

const words = t.files;
const noun = { datasets: "dataset", models: "model" };

function FilesPage({ kind }: { kind: FileKind }) {
  const { project: name } = useParams({ from: "/projects/$project" });
  const { q = "" } = useSearch({ from: `/projects/$project/${kind}/` });
  const navigate = useNavigate();
  const { data: project } = useSuspenseQuery(projectQuery(name));
  const query = useInfiniteQuery(filesQuery(name, kind, q));
  const [chosen, setChosen] = useState<Chosen[] | null>(null);
  const may = mayEdit(project);
  const upload = <Button look="primary" aria-haspopup="dialog" onClick={() => setChosen([])}><Upload size={16} aria-hidden />{words.upload}</Button>;
  const search = (next: string) => void navigate({ to: `/projects/$project/${kind}`, params: { project: name }, search: { q: next || undefined }, replace: true });
  return (
    <Page title={words.name[kind]} actions={may && upload}>
      {may && <DropArea onDrop={setChosen} />}
      {may && <Unfinished project={name} kind={kind} />}
      <FilterInput label={words.search} value={q} onChange={search} />
      <Loaded query={query}>
        {(files) => {
          if (files.length > 0 || query.hasNextPage) {
            return (
              <>
                <FileTable files={files} />
                {query.hasNextPage && <Button className="mt-3" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t.common.more}</Button>}
              </>
            );
          }
          if (q !== "") return <Empty action={<Button onClick={() => search("")}>{t.common.clearFilters}</Button>}>{words.noHits(q)}</Empty>;
          if (!may) return <Empty>{words.emptyViewer}</Empty>;
          return <Empty action={upload} code={`mllab ${noun[kind]} upload raw/news.csv news.csv --project ${name}`}>{words.empty[kind]}</Empty>;
        }}
      </Loaded>
      {chosen !== null && <UploadDialog project={name} kind={kind} chosen={chosen} onChosen={setChosen} onClose={() => setChosen(null)} />}
    </Page>
  );
}

export const DatasetsPage = () => <FilesPage kind="datasets" />;
export const ModelsPage = () => <FilesPage kind="models" />;

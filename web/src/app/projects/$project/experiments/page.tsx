import { useInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";

import { Button } from "@/components/ui/Button";
import { Empty } from "@/components/ui/Empty";
import { FilterInput } from "@/components/ui/FilterInput";
import { Loaded } from "@/components/ui/Loaded";
import { Page } from "@/components/ui/Page";
import { Table } from "@/components/ui/Table";
import { TabLinks } from "@/components/ui/Tabs";
import { Ago } from "@/components/ui/Time";
import { experimentsQuery } from "@/data/experiments";
import { mayEdit, projectQuery } from "@/data/projects";
import type { Experiment } from "@/data/schema";
import { labUrl } from "@/lib/base";
import { logLines } from "@/lib/lines";
import { t } from "@/texts";

import { ExperimentActions, NewExperiment } from "./ExperimentActions";

const HERE = "/projects/$project/experiments";

function useExperiments(project: string, deleted: boolean) {
  const query = useInfiniteQuery(experimentsQuery(project, deleted));
  const { hasNextPage, isFetching, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching) void fetchNextPage(); // the filter sees all
  }, [hasNextPage, isFetching, fetchNextPage]);
  return query;
}

export function ExperimentsPage() {
  const { project: name } = useParams({ from: HERE });
  const { data: project } = useSuspenseQuery(projectQuery(name));
  const { q = "", view } = useSearch({ from: HERE });
  const navigate = useNavigate({ from: HERE });
  const query = useExperiments(name, view === "deleted");
  const setQ = (next: string) => void navigate({ search: (old) => ({ ...old, q: next || undefined }), replace: true });
  const matches = (each: Experiment) => each.name.toLowerCase().includes(q.toLowerCase());
  const link = { to: HERE, params: { project: name } } as const;
  return (
    <Page
      title={t.shell.experiments}
      beside={query.data && <span className="text-muted tabular-nums">{query.data.length}</span>}
      actions={mayEdit(project) && <NewExperiment project={name} />}
    >
      <TabLinks
        label={t.experiments.view}
        tabs={[
          { label: t.experiments.active, link: { ...link, search: {} }, active: view === undefined },
          { label: t.experiments.deleted, link: { ...link, search: { view: "deleted" } }, active: view === "deleted" },
        ]}
      />
      <Loaded query={query}>
        {(experiments) => {
          if (experiments.length === 0) return <Empty>{t.experiments.noneDeleted}</Empty>;
          const hits = experiments.filter(matches);
          return (
            <>
              <FilterInput label={t.experiments.filter} value={q} onChange={setQ} />
              {hits.length === 0 ? (
                <p className="flex items-center gap-3">{t.common.noHits}<Button onClick={() => setQ("")}>{t.common.clearFilters}</Button></p>
              ) : (
                <Experiments project={name} rows={hits} edits={mayEdit(project)} />
              )}
              {view === undefined && experiments.length === 1 && <div className="mt-6"><Empty code={logLines(name, labUrl)}>{t.experiments.about}</Empty></div>}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Experiments({ project, rows, edits }: { project: string; rows: Experiment[]; edits: boolean }) {
  return (
    <Table
      label={t.shell.experiments}
      rows={rows}
      rowKey={(each) => each.id}
      columns={[
        { head: t.experiments.name, cell: (each) => <Link to="/projects/$project/experiments/$experiment" params={{ project, experiment: each.id }} className="font-medium break-all hover:underline">{each.name}</Link> },
        { head: t.experiments.note, cell: (each) => <span className="line-clamp-1 text-muted">{each.tags["mlflow.note.content"]}</span>, wide: true },
        { head: t.experiments.created, cell: (each) => <Ago at={each.created_at} />, wide: true },
        { head: t.experiments.changed, cell: (each) => <Ago at={each.updated_at} /> },
        ...(edits ? [{ head: t.common.actions, cell: (each: Experiment) => <ExperimentActions experiment={each} />, numeric: true }] : []),
      ]}
    />
  );
}

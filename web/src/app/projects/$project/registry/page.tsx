import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";

import { Button } from "@/components/ui/Button";
import { Empty } from "@/components/ui/Empty";
import { FilterInput } from "@/components/ui/FilterInput";
import { Loaded } from "@/components/ui/Loaded";
import { MoreButton } from "@/components/ui/MoreButton";
import { Page } from "@/components/ui/Page";
import { Table } from "@/components/ui/Table";
import { Ago } from "@/components/ui/Time";
import { registryQuery } from "@/data/registry";
import type { RegisteredModel } from "@/data/schema";
import { newestOf } from "@/lib/newest";
import { t } from "@/texts";

import { Alias } from "./Alias";

const HERE = "/projects/$project/registry";

export function RegistryPage() {
  const { project } = useParams({ from: HERE });
  const { q = "" } = useSearch({ from: HERE });
  const navigate = useNavigate({ from: HERE });
  const query = useInfiniteQuery(registryQuery(project));
  const setQ = (next: string) => void navigate({ search: { q: next || undefined }, replace: true });
  return (
    <Page title={t.registry.title} beside={query.data && <span className="text-muted tabular-nums">{query.data.length}{query.hasNextPage && "+"}</span>}>
      <Loaded query={query}>
        {(models) => {
          if (models.length === 0) return <Empty code={t.registry.emptyCode}>{t.registry.empty}</Empty>;
          const hits = models.filter((each) => each.name.toLowerCase().includes(q.toLowerCase()));
          return (
            <>
              <FilterInput label={t.registry.filter} value={q} onChange={setQ} />
              {hits.length > 0 ? <Models project={project} models={hits} /> : <p className="flex items-center gap-3">{t.common.noHits}<Button onClick={() => setQ("")}>{t.common.clearFilters}</Button></p>}
              <MoreButton query={query} />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Models({ project, models }: { project: string; models: RegisteredModel[] }) {
  return (
    <Table
      label={t.registry.title}
      rows={models}
      rowKey={(each) => each.name}
      columns={[
        { head: t.registry.name, cell: (each) => <Link to="/projects/$project/registry/$name" params={{ project, name: each.name }} className="font-medium break-all hover:underline">{each.name}</Link> },
        { head: t.registry.newest, cell: (each) => newestOf(each)?.version ?? "–", numeric: true },
        { head: t.registry.aliases, cell: (each) => <span className="flex flex-wrap gap-1">{Object.entries(each.aliases).map(([alias, version]) => <Alias key={alias} alias={alias} version={version} />)}</span> },
        { head: t.registry.description, cell: (each) => <span className="line-clamp-1 text-muted">{each.description}</span>, wide: true },
        { head: t.registry.changed, cell: (each) => <Ago at={each.updated_at} />, wide: true },
      ]}
    />
  );
}

import { useInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";

import { Button } from "@/components/ui/Button";
import { Dialog } from "@/components/ui/Dialog";
import { Empty } from "@/components/ui/Empty";
import { Input } from "@/components/ui/Field";
import { Loaded } from "@/components/ui/Loaded";
import { Page } from "@/components/ui/Page";
import { mayEdit, projectQuery } from "@/data/projects";
import type { Service } from "@/data/schema";
import { servicesQuery } from "@/data/services";
import { emptyForm } from "@/lib/serviceForm";
import { t } from "@/texts";

import { DeployForm } from "./DeployForm";
import { ServiceTable } from "./ServiceTable";

const HERE = "/projects/$project/services";

function useDeploy(project: string) {
  const search = useSearch({ from: HERE });
  const navigate = useNavigate({ from: HERE });
  const change = (open: boolean) =>
    void navigate({ search: (old) => ({ q: old.q, ...(open ? { deploy: "command" as const } : {}) }), replace: !open });
  const done = (service: Service) => void navigate({ to: "/projects/$project/services/$service", params: { project, service: service.name } });
  return { search, change, done };
}

/** What the project serves, and deploying more. */
export function ServicesPage() {
  const { project } = useParams({ from: HERE });
  const { data: record } = useSuspenseQuery(projectQuery(project));
  const query = useInfiniteQuery(servicesQuery(project));
  const navigate = useNavigate({ from: HERE });
  const { search, change, done } = useDeploy(project);
  const create = mayEdit(record) && <Button look="primary" aria-haspopup="dialog" onClick={() => change(true)}><Plus size={16} aria-hidden />{t.services.deploy}</Button>;
  const wanted = (search.q ?? "").toLowerCase();
  const filter = (q: string) => void navigate({ search: (old) => ({ ...old, q: q || undefined }), replace: true });
  return (
    <Page title={t.services.title} beside={query.data && <span className="text-muted tabular-nums">{query.data.length}{query.hasNextPage && "+"}</span>} actions={create}>
      <Loaded query={query}>
        {(services) => {
          if (services.length === 0) return <Empty action={create} code={t.services.emptyCode(project)}>{t.services.empty}</Empty>;
          const hits = services.filter((each) => each.name.includes(wanted));
          return (
            <>
              {services.length > 8 && <Input type="search" aria-label={t.services.filter} placeholder={t.services.filter} value={search.q ?? ""} onChange={(event) => filter(event.target.value)} className="mt-0! mb-3 max-w-xs" />}
              {hits.length > 0 ? <ServiceTable project={project} services={hits} /> : <Empty action={<Button onClick={() => filter("")}>{t.common.clearFilters}</Button>}>{t.common.noHits}</Empty>}
              {query.hasNextPage && <Button className="mt-3" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t.common.more}</Button>}
            </>
          );
        }}
      </Loaded>
      {create && (
        <Dialog open={search.deploy !== undefined} onOpenChange={change} title={t.services.deployTitle} wide>
          <DeployForm
            project={project}
            initial={emptyForm({ kind: search.deploy, model: search.model, version: search.version, alias: search.alias })}
            onDone={done}
            onCancel={() => change(false)}
          />
        </Dialog>
      )}
    </Page>
  );
}

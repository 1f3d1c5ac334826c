import { useInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";

import { Button } from "@/components/ui/Button";
import { Dialog } from "@/components/ui/Dialog";
import { Empty } from "@/components/ui/Empty";
import { Input } from "@/components/ui/Field";
import { Loaded } from "@/components/ui/Loaded";
import { MoreButton } from "@/components/ui/MoreButton";
import { Page } from "@/components/ui/Page";
import { jobsQuery } from "@/data/jobs";
import { mayEdit, projectQuery } from "@/data/projects";
import { t } from "@/texts";

import { JobForm } from "./JobForm";
import { JobTable } from "./JobTable";

const HERE = "/projects/$project/jobs";

/** What the project runs once or again and again. */
export function JobsPage() {
  const { project } = useParams({ from: HERE });
  const { data: record } = useSuspenseQuery(projectQuery(project));
  const query = useInfiniteQuery(jobsQuery(project));
  const search = useSearch({ from: HERE });
  const navigate = useNavigate({ from: HERE });
  const show = (open: boolean) => void navigate({ search: (old) => ({ q: old.q, new: open ? ("yes" as const) : undefined }), replace: !open });
  const filter = (q: string) => void navigate({ search: (old) => ({ ...old, q: q || undefined }), replace: true });
  const done = (job: string, run: number | null) =>
    void navigate({ to: "/projects/$project/jobs/$job/runs/$number", params: { project, job, number: String(run) } });
  const create = mayEdit(record) && <Button look="primary" aria-haspopup="dialog" onClick={() => show(true)}><Plus size={16} aria-hidden />{t.jobs.create}</Button>;
  const wanted = (search.q ?? "").toLowerCase();
  return (
    <Page title={t.jobs.title} beside={query.data && <span className="text-muted tabular-nums">{query.data.length}{query.hasNextPage && "+"}</span>} actions={create}>
      <Loaded query={query}>
        {(jobs) => {
          if (jobs.length === 0) return <Empty action={create} code={create ? t.jobs.emptyCode(project) : undefined}>{t.jobs.empty}</Empty>;
          const hits = jobs.filter((job) => job.name.includes(wanted));
          return (
            <>
              {jobs.length > 8 && <Input type="search" aria-label={t.jobs.filter} placeholder={t.jobs.filter} value={search.q ?? ""} onChange={(event) => filter(event.target.value)} className="mt-0! mb-3 max-w-xs" />}
              {hits.length > 0 ? <JobTable jobs={hits} /> : <Empty action={<Button onClick={() => filter("")}>{t.common.clearFilters}</Button>}>{t.common.noHits}</Empty>}
              <MoreButton query={query} />
            </>
          );
        }}
      </Loaded>
      {create && (
        <Dialog open={search.new !== undefined} onOpenChange={show} title={t.jobs.createTitle} wide>
          <JobForm project={project} onDone={done} onCancel={() => show(false)} />
        </Dialog>
      )}
    </Page>
  );
}

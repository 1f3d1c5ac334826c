import { Link } from "@tanstack/react-router";

import { Status } from "@/components/ui/Status";
import { Table } from "@/components/ui/Table";
import { Ago, Duration } from "@/components/ui/Time";
import type { Job } from "@/data/schema";
import { t } from "@/texts";

function Newest({ job }: { job: Job }) {
  const run = job.newest_run;
  if (!run) return <span className="text-muted">{t.jobs.never}</span>;
  return (
    <Link to="/projects/$project/jobs/$job/runs/$number" params={{ project: job.project, job: job.name, number: String(run.number) }} className="inline-flex min-h-6 items-center gap-2 no-underline hover:underline">
      <Status state={run.status.state} title={run.status.reason} />
      <span className="text-muted tabular-nums">#{run.number}</span>
    </Link>
  );
}

/** Jobs with how their last run went. */
export function JobTable({ jobs }: { jobs: Job[] }) {
  return (
    <Table
      label={t.jobs.title}
      rows={jobs}
      rowKey={(job) => job.name}
      columns={[
        { head: t.jobs.name, cell: (job) => <Link to="/projects/$project/jobs/$job" params={{ project: job.project, job: job.name }} className="inline-flex min-h-6 items-center font-medium">{job.name}</Link> },
        { head: t.jobs.newest, cell: (job) => <Newest job={job} /> },
        { head: t.jobs.command, wide: true, cell: (job) => <code className="line-clamp-1 max-w-96 break-all">{job.spec.command}</code> },
        { head: t.jobs.took, wide: true, cell: (job) => <Duration from={job.newest_run?.status.started_at} to={job.newest_run?.status.finished_at} /> },
        { head: t.jobs.at, wide: true, cell: (job) => <Ago at={job.newest_run?.created_at} /> },
        { head: t.jobs.by, wide: true, cell: (job) => job.newest_run?.started_by ?? job.created_by },
      ]}
    />
  );
}

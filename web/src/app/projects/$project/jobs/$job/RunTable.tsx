import { Link } from "@tanstack/react-router";

import { Status } from "@/components/ui/Status";
import { Table } from "@/components/ui/Table";
import { Ago, Duration } from "@/components/ui/Time";
import type { JobRun } from "@/data/schema";
import { t } from "@/texts";

/** The runs of a job, newest first. */
export function RunTable({ runs }: { runs: JobRun[] }) {
  return (
    <Table
      label={t.jobs.runs}
      rows={runs}
      rowKey={(run) => String(run.number)}
      columns={[
        { head: t.jobs.run, cell: (run) => <Link to="/projects/$project/jobs/$job/runs/$number" params={{ project: run.project, job: run.job, number: String(run.number) }} className="inline-flex min-h-6 items-center font-medium tabular-nums">#{run.number}</Link> },
        { head: t.jobs.state, cell: (run) => <Status state={run.status.state} title={run.status.reason} /> },
        { head: t.jobs.at, cell: (run) => <Ago at={run.created_at} /> },
        { head: t.jobs.took, wide: true, cell: (run) => <Duration from={run.status.started_at} to={run.status.finished_at} /> },
        { head: t.jobs.by, wide: true, cell: (run) => run.started_by },
        { head: t.jobs.exit, wide: true, numeric: true, cell: (run) => run.status.exit_code ?? "–" },
        { head: t.jobs.reason, wide: true, cell: (run) => <span title={run.status.reason} className="line-clamp-1 max-w-80 break-all text-muted">{run.status.state === "failed" || run.status.state === "pending" ? run.status.reason : ""}</span> },
      ]}
    />
  );
}

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Loaded } from "@/components/ui/Loaded";
import { MoreButton } from "@/components/ui/MoreButton";
import { Skeleton } from "@/components/ui/Skeleton";
import { Status } from "@/components/ui/Status";
import { Table } from "@/components/ui/Table";
import { Ago, Duration } from "@/components/ui/Time";
import { loggedQuery } from "@/data/uses";
import type { JobRun } from "@/data/schema";
import { stateOf } from "@/lib/runStatus";
import { t } from "@/texts";

/** The runs of experiments that a job run began. */
export function Logged({ run: { project, job, number } }: { run: JobRun }) {
  const query = useInfiniteQuery(loggedQuery(project, job, number));
  return (
    <Loaded query={query} skeleton={<Skeleton rows={1} />}>
      {(runs) => (runs.length === 0 ? <p className="text-muted">{t.jobs.nothingLogged}</p> : (
        <>
          <Table
            label={t.jobs.logged}
            rows={runs}
            rowKey={(each) => each.id}
            columns={[
              { head: t.jobs.run, cell: (each) => <Link to="/projects/$project/experiments/$experiment/runs/$run" params={{ project, experiment: each.experiment_id, run: each.id }} className="font-medium break-all hover:underline">{each.name || each.id.slice(0, 8)}</Link> },
              { head: t.jobs.state, cell: (each) => <Status state={stateOf(each.status)} /> },
              { head: t.jobs.at, cell: (each) => <Ago at={each.started_at} /> },
              { head: t.jobs.took, wide: true, cell: (each) => (each.ended_at == null && each.status !== "RUNNING" ? "–" : <Duration from={each.started_at} to={each.ended_at} />) },
            ]}
          />
          <MoreButton query={query} />
        </>
      ))}
    </Loaded>
  );
}

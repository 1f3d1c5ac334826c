import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";

import { LogView } from "@/components/log/LogView";
import { Loaded } from "@/components/ui/Loaded";
import { Status } from "@/components/ui/Status";
import { ApiError } from "@/data/client";
import { runQuery } from "@/data/jobs";
import { runLog } from "@/data/logs";
import type { JobRun } from "@/data/schema";
import { t } from "@/texts";

interface Props {
  project: string;
  job: string;
  number: number;
}

function Shown({ run }: { run: JobRun }) {
  const { project, job, number, status } = run;
  const source = useMemo(() => runLog(project, job, number), [project, job, number]);
  const isLive = !["stopped", "succeeded", "failed"].includes(status.state);
  return (
    <>
      <p className="mb-3 flex flex-wrap items-center gap-2 text-muted">
        <span>{t.experiments.logOf} <Link to="/projects/$project/jobs/$job/runs/$number" params={{ project, job, number: String(number) }} className="font-medium text-text underline">{job} #{number}</Link></span>
        <Status state={status.state} title={status.reason} />
      </p>
      <LogView source={source} label={t.jobs.logOf(job, number)} isLive={isLive} />
    </>
  );
}

/** The log of the job run that began the run. */
export function RunLog({ project, job, number }: Props) {
  const query = useQuery(runQuery(project, job, number));
  if (query.error instanceof ApiError && query.error.status === 404) return <p className="text-muted">{t.experiments.logGone(job, number)}</p>;
  return <Loaded query={query}>{(run) => <Shown run={run} />}</Loaded>;
}

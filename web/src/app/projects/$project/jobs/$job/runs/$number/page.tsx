import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { RotateCcw, Square } from "lucide-react";
import { useMemo } from "react";

import { LogView } from "@/components/log/LogView";
import { Button } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { ErrorText } from "@/components/ui/ErrorPanel";
import { Loaded } from "@/components/ui/Loaded";
import { Facts, Page, Section } from "@/components/ui/Page";
import { PathLink } from "@/components/ui/PathLink";
import { Status } from "@/components/ui/Status";
import { Ago, Duration } from "@/components/ui/Time";
import { say } from "@/components/ui/Toasts";
import { Outcome } from "@/components/workload/Outcome";
import { Stages } from "@/components/workload/Stages";
import { UsageMeters } from "@/components/workload/UsageMeters";
import { deleteRun, runQuery, startRun, stopRun } from "@/data/jobs";
import { runLog } from "@/data/logs";
import { mayEdit, projectQuery } from "@/data/projects";
import type { JobRun } from "@/data/schema";
import { runUsageQuery } from "@/data/usage";
import { isOver } from "@/lib/stages";
import { t } from "@/texts";

import { SpecFacts } from "../../SpecFacts";
import { Logged } from "./Logged";

const HERE = "/projects/$project/jobs/$job/runs/$number";

function Actions({ run: { project, job, number, status } }: { run: JobRun }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const refresh = () => client.invalidateQueries({ queryKey: ["job", project] });
  const stop = useMutation({
    mutationFn: () => stopRun(project, job, number),
    onSuccess: async () => {
      await refresh();
      say(t.jobs.stopping(number));
    },
  });
  const rerun = useMutation({
    mutationFn: () => startRun(project, job),
    onSuccess: async (made) => {
      say(t.jobs.started(job, made.number));
      await navigate({ to: HERE, params: { project, job, number: String(made.number) } });
      await refresh();
    },
  });
  const remove = async () => {
    await deleteRun(project, job, number);
    say(t.jobs.removedRun(number));
    await navigate({ to: "/projects/$project/jobs/$job", params: { project, job } });
    await refresh();
  };
  return (
    <>
      <ErrorText error={stop.error ?? rerun.error} />
      <Confirm trigger={<Button look="danger">{t.jobs.remove}</Button>} title={t.jobs.removeRunTitle(number)} action={t.jobs.remove} onConfirm={remove}>{t.jobs.removeRunText}</Confirm>
      {!isOver(status) && <Button busy={stop.isPending || status.state === "stopping"} onClick={() => stop.mutate()}><Square size={14} aria-hidden />{t.jobs.stop}</Button>}
      <Button look={isOver(status) ? "primary" : "plain"} busy={rerun.isPending} title={t.jobs.rerunHint} onClick={() => rerun.mutate()}><RotateCcw size={14} aria-hidden />{t.jobs.rerun}</Button>
    </>
  );
}

function Ready({ run }: { run: JobRun }) {
  const { project, job, number, status, spec } = run;
  const usage = useQuery(runUsageQuery(project, job, number, status)).data;
  const source = useMemo(() => runLog(project, job, number), [project, job, number]);
  return (
    <>
      <Outcome state={status.state} reason={status.reason} exitCode={status.exit_code} nextStep={t.jobs.nextStep} />
      <Stages status={status} askedAt={run.created_at} words={t.jobs.stages} />
      {usage && !isOver(status) && <UsageMeters usage={usage} />}
      <Facts
        facts={[
          [t.jobs.job, <PathLink key="job" path={`/projects/${project}/jobs/${job}`} className="font-medium">{job}</PathLink>],
          [t.jobs.by, run.started_by],
          [t.jobs.at, <Ago key="at" at={run.created_at} />],
          [t.jobs.took, <Duration key="took" from={status.started_at} to={status.finished_at} />],
          [t.jobs.attempt, t.jobs.attempts(status.attempt, spec.retries + 1)],
          [t.jobs.exit, status.exit_code ?? "–"],
        ]}
      />
      <Section title={t.jobs.log}><LogView source={source} label={t.jobs.logOf(job, number)} isLive={!isOver(status)} /></Section>
      <Section title={t.jobs.logged}><Logged run={run} /></Section>
      <Section title={t.jobs.definition}><SpecFacts spec={spec} /></Section>
    </>
  );
}

/** One run: how far it is, why it failed, its log. */
export function JobRunPage() {
  const { project, job, number } = useParams({ from: HERE });
  const { data: record } = useSuspenseQuery(projectQuery(project));
  const run = useQuery(runQuery(project, job, Number(number)));
  return (
    <Page
      title={t.jobs.runTitle(Number(number))}
      beside={<>{run.data && <Status state={run.data.status.state} />}</>}
      actions={run.data && mayEdit(record) && <Actions run={run.data} />}
    >
      <Loaded query={run}>{(found) => <Ready key={found.number} run={found} />}</Loaded>
    </Page>
  );
}

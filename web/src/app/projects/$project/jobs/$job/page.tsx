import { useInfiniteQuery, useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { Dialog } from "@/components/ui/Dialog";
import { Empty } from "@/components/ui/Empty";
import { ErrorText } from "@/components/ui/ErrorPanel";
import { Loaded } from "@/components/ui/Loaded";
import { MoreButton } from "@/components/ui/MoreButton";
import { Facts, Page, Section } from "@/components/ui/Page";
import { Status } from "@/components/ui/Status";
import { Ago } from "@/components/ui/Time";
import { say } from "@/components/ui/Toasts";
import { deleteJob, jobQuery, runsQuery, startRun } from "@/data/jobs";
import { mayEdit, projectQuery } from "@/data/projects";
import type { Job } from "@/data/schema";
import { t } from "@/texts";

import { JobForm } from "../JobForm";
import { RunTable } from "./RunTable";
import { SpecFacts } from "./SpecFacts";

const HERE = "/projects/$project/jobs/$job";

function Actions({ project, job }: { project: string; job: Job }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [editing, setEditing] = useState(false);
  const run = useMutation({
    mutationFn: () => startRun(project, job.name),
    onSuccess: async ({ number }) => {
      await client.invalidateQueries({ queryKey: ["job", project] });
      say(t.jobs.started(job.name, number));
      void navigate({ to: "/projects/$project/jobs/$job/runs/$number", params: { project, job: job.name, number: String(number) } });
    },
  });
  const remove = async () => {
    await deleteJob(project, job.name);
    say(t.jobs.removed(job.name));
    await navigate({ to: "/projects/$project/jobs", params: { project } });
    await client.invalidateQueries({ queryKey: ["job", project] });
  };
  return (
    <>
      <ErrorText error={run.error} />
      <Confirm trigger={<Button look="danger">{t.jobs.remove}</Button>} title={t.jobs.removeTitle(job.name)} action={t.jobs.remove} onConfirm={remove}>{t.jobs.removeText}</Confirm>
      <Dialog open={editing} onOpenChange={setEditing} title={t.jobs.editTitle(job.name)} trigger={<Button>{t.jobs.edit}</Button>} wide>
        <JobForm project={project} before={job} onDone={() => setEditing(false)} onCancel={() => setEditing(false)} />
      </Dialog>
      <Button look="primary" busy={run.isPending} onClick={() => run.mutate()}><Play size={16} aria-hidden />{t.jobs.run}</Button>
    </>
  );
}

/** One job: what it does and how its runs went. */
export function JobPage() {
  const { project, job: name } = useParams({ from: HERE });
  const { data: record } = useSuspenseQuery(projectQuery(project));
  const job = useQuery(jobQuery(project, name));
  const runs = useInfiniteQuery(runsQuery(project, name));
  const state = job.data?.newest_run?.status.state;
  return (
    <Page title={name} beside={state && <Status state={state} />} actions={job.data && mayEdit(record) && <Actions project={project} job={job.data} />}>
      <Loaded query={job}>
        {(found) => (
          <>
            <Facts facts={[[t.jobs.createdBy, found.created_by], [t.jobs.updated, <Ago key="at" at={found.updated_at} />]]} />
            <Section title={t.jobs.runs}>
              <Loaded query={runs}>{(all) => (all.length === 0 ? <Empty>{t.jobs.noRuns}</Empty> : <RunTable runs={all} />)}</Loaded>
              <MoreButton query={runs} />
            </Section>
            <Section title={t.jobs.definition}><SpecFacts spec={found.spec} /></Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { LogView } from "@/components/log/LogView";
import { Loaded } from "@/components/ui/Loaded";
import { Facts, Page, Section } from "@/components/ui/Page";
import { Status } from "@/components/ui/Status";
import { Ago } from "@/components/ui/Time";
import { Outcome } from "@/components/workload/Outcome";
import { Stages } from "@/components/workload/Stages";
import { UsageMeters } from "@/components/workload/UsageMeters";
import { workspaceLog } from "@/data/logs";
import { meQuery } from "@/data/me";
import type { Workspace } from "@/data/schema";
import { workspaceUsageQuery } from "@/data/usage";
import { workspaceActivityQuery, workspaceQuery } from "@/data/workspaces";
import { formatNumber } from "@/lib/format";
import { isOver } from "@/lib/stages";
import { t } from "@/texts";

import { WorkspaceActions } from "./Actions";
import { ImageFact } from "./ImageFact";

function Use({ workspace: { user, status } }: { workspace: Workspace }) {
  const { data } = useQuery(workspaceActivityQuery(user));
  return (
    <Facts
      facts={[
        [t.workspace.since, status.state === "running" ? <Ago key="since" at={status.ready_at} /> : "–"],
        [t.workspace.lastActive, data?.last_active_at ? <Ago key="last" at={data.last_active_at} /> : t.workspace.never],
        [t.workspace.requests, data ? formatNumber(data.requests) : "–"],
        [t.workspace.attempt, String(status.attempt)],
      ]}
    />
  );
}

function Ready({ workspace }: { workspace: Workspace }) {
  const { user, status } = workspace;
  const usage = useQuery(workspaceUsageQuery(user, status)).data;
  const source = useMemo(() => workspaceLog(user), [user]);
  const isStarting = status.state === "pending" || status.state === "starting";
  return (
    <>
      <Outcome state={status.state} reason={status.reason} exitCode={status.exit_code} nextStep={t.workspace.nextStep} />
      {!isOver(status) && <Stages status={status} askedAt={null} words={t.workspace.stages} />}
      {isStarting && <p className="mb-4 text-muted">{t.workspace.usual}</p>}
      {usage && !isOver(status) && <UsageMeters usage={usage} />}
      <ImageFact workspace={workspace} />
      {status.attempt > 0 && <Use workspace={workspace} />}
      {status.workload && <Section title={t.workspace.log}><LogView source={source} label={t.workspace.logOf} isLive={!isOver(status)} isShort={!isStarting && status.state !== "failed"} /></Section>}
    </>
  );
}

/** One's own workspace: start it, see how far it is, open it. */
export function WorkspacePage() {
  const { data: me } = useSuspenseQuery(meQuery);
  const query = useQuery(workspaceQuery(me.user ?? ""));
  return (
    <Page title={t.workspace.title} beside={query.data && <Status state={query.data.status.state} />} actions={query.data && <WorkspaceActions workspace={query.data} />}>
      <p className="mb-4 max-w-prose text-muted">{t.workspace.about}</p>
      <Loaded query={query}>{(workspace) => <Ready workspace={workspace} />}</Loaded>
    </Page>
  );
}

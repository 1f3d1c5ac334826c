import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ExternalLink, Play } from "lucide-react";

import { AnchorButton, Button } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { ErrorText } from "@/components/ui/ErrorPanel";
import { say } from "@/components/ui/Toasts";
import type { Workspace } from "@/data/schema";
import { resetWorkspace, restartWorkspace, startWorkspace, stopWorkspace } from "@/data/workspaces";
import { base } from "@/lib/base";
import { isOver } from "@/lib/stages";
import { t } from "@/texts";

/** Start or open it; what ends something asks first. */
export function WorkspaceActions({ workspace: { user, path, status } }: { workspace: Workspace }) {
  const client = useQueryClient();
  const act = async (does: (user: string) => Promise<unknown>, said: string) => {
    await does(user);
    await client.invalidateQueries({ queryKey: ["workspace", user] });
    say(said);
  };
  const start = useMutation({ mutationFn: () => act(startWorkspace, t.workspace.started) });
  const over = isOver(status);
  return (
    <>
      <ErrorText error={start.error} />
      {status.workload && (
        <Confirm trigger={<Button look="danger">{t.workspace.reset}</Button>} title={t.workspace.resetTitle} action={t.workspace.reset} typed={user} onConfirm={() => act(resetWorkspace, t.workspace.resetDone)}>
          {t.workspace.resetText}
        </Confirm>
      )}
      {!over && (
        <>
          <Confirm trigger={<Button>{t.workspace.restart}</Button>} title={t.workspace.restartTitle} action={t.workspace.restart} onConfirm={() => act(restartWorkspace, t.workspace.restarted)}>{t.workspace.restartText}</Confirm>
          <Confirm trigger={<Button disabled={status.state === "stopping"}>{t.workspace.stop}</Button>} title={t.workspace.stopTitle} action={t.workspace.stop} onConfirm={() => act(stopWorkspace, t.workspace.stopped)}>{t.workspace.stopText}</Confirm>
        </>
      )}
      {over
        ? <Button look="primary" busy={start.isPending} onClick={() => start.mutate()}><Play size={16} aria-hidden />{t.workspace.start}</Button>
        : (
          <AnchorButton look={status.state === "running" ? "primary" : "plain"} href={`${base}${path}`} target="_blank" rel="noreferrer" title={status.state === "running" ? undefined : t.workspace.opensWhenReady}>
            {t.workspace.open}<ExternalLink size={14} aria-hidden />
          </AnchorButton>
        )}
    </>
  );
}

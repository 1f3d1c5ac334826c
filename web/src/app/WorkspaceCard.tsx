import { useMutation, useQueryClient } from "@tanstack/react-query";

import { AnchorButton, Button } from "@/components/ui/Button";
import { ErrorText } from "@/components/ui/ErrorPanel";
import { Status } from "@/components/ui/Status";
import type { Workspace } from "@/data/schema";
import { startWorkspace } from "@/data/workspaces";
import { base } from "@/lib/base";
import { t } from "@/texts";

/** One's own workspace on the first page: its state, and the one thing to do with it. */
export function WorkspaceCard({ workspace }: { workspace: Workspace }) {
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: () => startWorkspace(workspace.user),
    onSettled: () => client.invalidateQueries({ queryKey: ["home"] }),
  });
  const { state, reason } = workspace.status;
  const idle = state === "stopped" || state === "failed" || state === "succeeded";
  return (
    <section aria-label={t.home.workspace} className="mb-6 flex flex-wrap items-center gap-x-4 gap-y-3 rounded-lg border border-line bg-surface p-4">
      <div className="min-w-0 flex-1 basis-64">
        <div className="flex flex-wrap items-center gap-2">
          <h2 className="text-lg font-semibold">{t.home.workspace}</h2>
          <Status state={state} />
        </div>
        <p className={state === "failed" ? "text-bad" : "text-muted"}>{reason || t.home.workspaceText}</p>
        <ErrorText error={start.error} />
      </div>
      {idle ? (
        <Button look="primary" busy={start.isPending} onClick={() => start.mutate()}>{t.home.start}</Button>
      ) : (
        <AnchorButton look="primary" href={`${base}${workspace.path}`} target="_blank" rel="noopener">{t.home.open}</AnchorButton>
      )}
    </section>
  );
}

import { useQueryClient } from "@tanstack/react-query";

import { Button } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { say } from "@/components/ui/Toasts";
import { stopWorkload } from "@/data/admin";
import type { WorkloadEntry } from "@/data/schema";
import { t } from "@/texts";

/** Stops what is chosen, after saying what that is. */
export function StopMany({ workloads, onDone }: { workloads: WorkloadEntry[]; onDone: () => void }) {
  const client = useQueryClient();
  const stop = async () => {
    const done = await Promise.allSettled(workloads.map(stopWorkload));
    await client.invalidateQueries({ queryKey: ["admin", "workloads"] });
    const failed = done.flatMap((each, at) => (each.status === "rejected" ? [`${workloads[at]?.name ?? ""}: ${each.reason instanceof Error ? each.reason.message : String(each.reason)}`] : []));
    if (failed.length > 0) throw new Error(failed.join("\n"));
    say(t.admin.stopping(workloads.length));
    onDone();
  };
  return (
    <Confirm trigger={<Button look="danger" disabled={workloads.length === 0}>{t.admin.stopChosen(workloads.length)}</Button>} title={t.admin.stopTitle(workloads.length)} action={t.admin.stop} onConfirm={stop}>
      <ul className="max-h-60 list-disc overflow-y-auto pl-5">
        {workloads.map((each) => <li key={each.id}>{t.happening.kinds[each.kind]} <strong>{each.name}</strong>{each.number ? `, ${t.happening.run(each.number)}` : ""}{each.project ? ` · ${each.project}` : ""} · {each.user}</li>)}
      </ul>
    </Confirm>
  );
}

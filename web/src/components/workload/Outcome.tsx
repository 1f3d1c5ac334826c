import { cx } from "@/lib/cx";
import { mayBeMemory } from "@/lib/outcome";
import { t } from "@/texts";

interface Props {
  state: string;
  reason: string;
  exitCode?: number | null | undefined;
  /** What to do about a failure. */
  nextStep: string;
}

/** Why a workload waits or how it failed, and the next step; nothing while all is well. */
export function Outcome({ state, reason, exitCode, nextStep }: Props) {
  const failed = state === "failed";
  if (!failed && (reason === "" || reason === state || state === "succeeded")) return null;
  return (
    <div role={failed ? "alert" : "status"} className={cx("mb-4 rounded-lg px-4 py-3", failed ? "bg-bad-bg text-bad" : state === "pending" ? "bg-wait-bg text-wait" : "bg-off-bg text-off")}>
      <p className="font-medium break-words first-letter:uppercase">{reason || t.workload.failed}</p>
      {failed && <p className="mt-1 text-sm">{mayBeMemory(reason, exitCode) ? t.workload.outOfMemory : nextStep}</p>}
    </div>
  );
}

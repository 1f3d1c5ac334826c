import { Check, Clock, Loader, Play, Square, X } from "lucide-react";

import { cx } from "@/lib/cx";
import { t } from "@/texts";

export type State = keyof typeof t.states;

const LOOK: Record<State, [typeof Check, string]> = {
  pending: [Clock, "text-wait bg-wait-bg"],
  starting: [Loader, "text-run bg-run-bg"],
  running: [Play, "text-run bg-run-bg"],
  stopping: [Loader, "text-run bg-run-bg"],
  stopped: [Square, "text-off bg-off-bg"],
  succeeded: [Check, "text-ok bg-ok-bg"],
  failed: [X, "text-bad bg-bad-bg"],
};

/** Where something is: icon and word, never colour alone. */
export function Status({ state, label, title }: { state: State; label?: string; title?: string }) {
  const [Icon, look] = LOOK[state];
  return (
    <span title={title} className={cx("inline-flex h-6 items-center gap-1.5 rounded-md px-2 text-xs font-medium whitespace-nowrap", look)}>
      <Icon size={12} aria-hidden className={state === "starting" || state === "stopping" ? "animate-spin" : ""} />
      {label ?? t.states[state]}
    </span>
  );
}

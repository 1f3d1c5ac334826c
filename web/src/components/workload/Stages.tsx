import { Check, Circle, LoaderCircle, Minus, X } from "lucide-react";

import { Duration } from "@/components/ui/Time";
import { cx } from "@/lib/cx";
import { type Stage, stagesOf, type WorkloadStatus } from "@/lib/stages";
import { t } from "@/texts";

const LOOK: Record<Stage["state"], [typeof Check, string]> = {
  done: [Check, "text-ok"], now: [LoaderCircle, "text-run"], ahead: [Circle, "text-muted"], failed: [X, "text-bad"], skipped: [Minus, "text-muted"],
};

/** How far a workload has come: its stages, each with how long it took. */
export function Stages({ status, askedAt, words }: { status: WorkloadStatus; askedAt: string | null; words: Record<Stage["name"], string> }) {
  return (
    <ol aria-label={t.workload.stages} className="mb-4 grid gap-2 sm:grid-cols-3">
      {stagesOf(status, askedAt).map((stage) => {
        const [Icon, look] = LOOK[stage.state];
        return (
          <li key={stage.name} aria-current={stage.state === "now" ? "step" : undefined} className={cx("flex items-center gap-2 rounded-lg border bg-surface px-3 py-2", stage.state === "now" ? "border-run" : "border-line")}>
            <Icon size={16} aria-hidden className={cx("shrink-0", look, stage.state === "now" && "animate-spin")} />
            <span className={stage.state === "ahead" || stage.state === "skipped" ? "text-muted" : "font-medium"}>{words[stage.name]}</span>
            <span className="sr-only">{t.workload.states[stage.state]}</span>
            <span className="ml-auto text-sm text-muted">{stage.from !== null && <Duration from={stage.from} to={stage.to} />}</span>
          </li>
        );
      })}
    </ol>
  );
}

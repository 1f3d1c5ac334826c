import type { ReactNode } from "react";

import { Status } from "@/components/ui/Status";
import { Ago, Duration } from "@/components/ui/Time";
import type { RunRow } from "@/data/schema";
import { formatMetric } from "@/lib/format";
import { loggedOf } from "@/lib/runColumns";
import { numberOf, stateOf } from "@/lib/runStatus";
import { t } from "@/texts";

/** The state as an icon; its word for those who do not see it. */
export function Dot({ run }: { run: RunRow }) {
  const state = stateOf(run.status);
  return <span className="[&>span]:gap-0 [&>span]:px-1.5"><Status state={state} label="" title={t.states[state]} /><span className="sr-only">{t.states[state]}</span></span>;
}

export const isNumber = (column: string): boolean => column.startsWith("metrics.") || column === "duration";

/** What a run has in a column; no component, as hundreds of them scroll by each second. */
export function cellOf(run: RunRow, column: string): ReactNode {
  const logged = loggedOf(column);
  if (logged === null) return factOf(run, column);
  const value = run[logged.kind][logged.key];
  if (value === undefined) return <span className="text-muted">–</span>;
  return logged.kind === "metrics" ? formatMetric(numberOf(value)) : value;
}

/** The whole of what a cell may show cut. */
export function titleOf(run: RunRow, column: string): string | undefined {
  const logged = loggedOf(column);
  const value = logged && run[logged.kind][logged.key];
  return value == null ? undefined : String(value);
}

function factOf(run: RunRow, column: string): ReactNode {
  switch (column) {
    case "started":
      return <Ago at={run.started_at} />;
    case "duration":
      return run.ended_at == null && run.status !== "RUNNING" ? "–" : <Duration from={run.started_at} to={run.ended_at} />;
    case "user":
      return run.user;
    case "datasets":
      return run.datasets.map((each) => each.name).join(", ");
    default:
      return null;
  }
}

export function headOf(column: string): string {
  const logged = loggedOf(column);
  if (logged) return logged.key;
  const facts: Record<string, string> = t.experiments.facts;
  return facts[column] ?? column;
}

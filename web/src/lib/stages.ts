// The way of a workload from being asked for to its end, as steps with their times.
export interface WorkloadStatus {
  state: "pending" | "starting" | "running" | "stopping" | "stopped" | "succeeded" | "failed";
  attempt: number;
  started_at?: string | null;
  ready_at?: string | null;
  finished_at?: string | null;
  exit_code?: number | null;
}

export interface Stage {
  name: "waiting" | "preparing" | "running";
  state: "done" | "now" | "ahead" | "failed" | "skipped";
  from: string | null;
  to: string | null;
}

export const isOver = ({ state }: WorkloadStatus): boolean => ["stopped", "succeeded", "failed"].includes(state);

/** The stages of the newest attempt; `askedAt` is when it was asked for, where that is known. */
export function stagesOf(status: WorkloadStatus, askedAt: string | null): Stage[] {
  const { started_at, ready_at, finished_at, exit_code, state } = status;
  const over = isOver(status);
  const end = over ? (finished_at ?? null) : null;
  const began = state === "pending" ? null : (started_at ?? null);
  // What ended at once was never seen ready, but it did run.
  const ready = began === null ? null : (ready_at ?? (typeof exit_code === "number" ? began : null));
  const stage = (name: Stage["name"], from: string | null, to: string | null, isNow: boolean): Stage => ({
    name, from, to: from === null ? null : (to ?? end), state: isNow ? "now" : from === null ? (over ? "skipped" : "ahead") : to === null && over && state === "failed" ? "failed" : "done",
  });
  const waiting = stage("waiting", askedAt, began, state === "pending");
  return [
    began === null ? waiting : { ...waiting, state: "done" }, // when it was asked for may not be known
    stage("preparing", began, ready, state === "starting"),
    stage("running", ready, null, state === "running" || state === "stopping"),
  ];
}

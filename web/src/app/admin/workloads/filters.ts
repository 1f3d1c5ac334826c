// What workloads can be asked by; the address holds it.
import type { WorkloadFilter } from "@/data/admin";
import { oneOf, text } from "@/lib/search";

export const KINDS = ["workspace", "service", "job"] as const;
export const STATES = ["pending", "starting", "running", "stopping", "stopped", "succeeded", "failed"] as const;

export const workloadFilter = (search: Record<string, unknown>): WorkloadFilter => ({
  kind: oneOf(search.kind, KINDS),
  state: oneOf(search.state, STATES),
  user: text(search.user),
  project: text(search.project),
});

/** Whether there is something to stop. */
export const isOpen = (state: (typeof STATES)[number]): boolean => state === "pending" || state === "starting" || state === "running";

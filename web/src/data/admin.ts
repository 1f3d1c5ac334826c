// The whole lab, for its admins: what runs, how its parts do, its settings.
import { queryOptions } from "@tanstack/react-query";

import { api, call } from "./client";
import { pagedOptions } from "./pages";
import type { Orphan, WorkloadEntry } from "./schema";

export interface WorkloadFilter {
  kind?: WorkloadEntry["kind"] | undefined;
  state?: WorkloadEntry["status"]["state"] | undefined;
  user?: string | undefined;
  project?: string | undefined;
}

export const workloadsQuery = (filter: WorkloadFilter) => ({
  ...pagedOptions(["admin", "workloads"], (cursor) => call(api.GET("/api/admin/workloads", { params: { query: { ...filter, cursor, limit: 100 } } })), filter),
  refetchInterval: 10_000,
});

/** Everybody's projects whose name or title holds `q`. */
export const allProjectsQuery = (q: string) => ({
  ...pagedOptions(["project", "all"], (cursor) => call(api.GET("/api/admin/projects", { params: { query: { q, cursor, limit: 50 } } })), q),
  refetchInterval: 30_000,
});

/** Ask for a workload to end, by whatever it is. */
export function stopWorkload({ kind, name, number, project }: WorkloadEntry): Promise<unknown> {
  if (kind === "workspace") return call(api.POST("/api/workspaces/{user}/stop", { params: { path: { user: name } } }));
  const own = project ?? "";
  if (kind === "service") return call(api.POST("/api/projects/{project}/services/{service}/stop", { params: { path: { project: own, service: name } } }));
  return call(api.POST("/api/projects/{project}/jobs/{job}/runs/{number}/stop", { params: { path: { project: own, job: name, number: number ?? 0 } } }));
}

export const settingsQuery = queryOptions({
  queryKey: ["admin", "settings"],
  queryFn: () => call(api.GET("/api/admin/settings")),
  staleTime: 60_000,
});

export interface Health {
  status: string;
  version: string;
  components: Record<string, string>;
}

export const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: async () => (await call(api.GET("/api/health"))) as unknown as Health,
  refetchInterval: 15_000,
});

/** What the runtime keeps and nobody owns. */
export const orphansQuery = queryOptions({
  queryKey: ["admin", "orphans"],
  queryFn: async () => (await call(api.GET("/api/admin/orphans"))).items,
});

/** Remove these, if they are orphans still; tells what came of each. */
export const removeOrphans = (orphans: Orphan[]) =>
  call(api.POST("/api/admin/orphans/remove", { body: { ids: orphans.map((each) => each.id) } }));

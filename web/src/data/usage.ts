// What a running workload uses: asked by the clock, as no change tells of it, less and less often.
import { queryOptions } from "@tanstack/react-query";

import { isOver, type WorkloadStatus } from "@/lib/stages";
import { paceOf } from "@/lib/usage";

import { api, call } from "./client";
import type { WorkloadUsage } from "./schema";

const usageOptions = (key: (string | number)[], status: WorkloadStatus, load: () => Promise<WorkloadUsage | null>) =>
  queryOptions({
    queryKey: ["usage", ...key, status.attempt],
    queryFn: load,
    enabled: !isOver(status) && status.state !== "pending",
    refetchInterval: (query) => paceOf(query.state.dataUpdateCount),
  });

export const runUsageQuery = (project: string, job: string, number: number, status: WorkloadStatus) =>
  usageOptions(["job", project, job, number], status, () => call(api.GET("/api/projects/{project}/jobs/{job}/runs/{number}/usage", { params: { path: { project, job, number } } })));

export const serviceUsageQuery = (project: string, service: string, status: WorkloadStatus) =>
  usageOptions(["service", project, service], status, () => call(api.GET("/api/projects/{project}/services/{service}/usage", { params: { path: { project, service } } })));

export const workspaceUsageQuery = (user: string, status: WorkloadStatus) =>
  usageOptions(["workspace", user], status, () => call(api.GET("/api/workspaces/{user}/usage", { params: { path: { user } } })));

// Workspaces: one's own, and for admins anybody's.
import { queryOptions } from "@tanstack/react-query";

import { api, call } from "./client";
import type { WorkspaceSpec } from "./schema";

const at = (user: string) => ({ params: { path: { user } } });

export const workspaceQuery = (user: string) =>
  queryOptions({
    queryKey: ["workspace", user],
    queryFn: () => call(api.GET("/api/workspaces/{user}", at(user))),
    // Hints come when it changes; while it starts its reason changes without one.
    refetchInterval: ({ state }) => (["pending", "starting", "stopping"].includes(state.data?.status.state ?? "") ? 2000 : 30_000),
  });

/** What the gateway let through in the last hour. */
export const workspaceActivityQuery = (user: string) =>
  queryOptions({
    queryKey: ["activity", "workspace", user],
    queryFn: () => call(api.GET("/api/workspaces/{user}/activity", at(user))),
    refetchInterval: 30_000,
  });

export const changeWorkspace = (user: string, body: WorkspaceSpec) => call(api.PUT("/api/workspaces/{user}", { ...at(user), body }));

export const startWorkspace = (user: string) => call(api.POST("/api/workspaces/{user}/start", at(user)));

export const stopWorkspace = (user: string) => call(api.POST("/api/workspaces/{user}/stop", at(user)));

export const restartWorkspace = (user: string) => call(api.POST("/api/workspaces/{user}/restart", at(user)));

export const resetWorkspace = (user: string) => call(api.POST("/api/workspaces/{user}/reset", at(user)));

// The first page, and a project's: how much there is and what happened.
import { queryOptions } from "@tanstack/react-query";

import { api, call } from "./client";

// What runs changes by itself too: asked again now and then while somebody looks.
const EVERY_MS = 30_000;

export const homeQuery = queryOptions({
  queryKey: ["home"],
  queryFn: () => call(api.GET("/api/home")),
  refetchInterval: EVERY_MS,
});

/** The same for the frame of every page; hints make it new now and then (`live.ts`), never a clock. */
export const happenedQuery = queryOptions({
  queryKey: ["happened"],
  queryFn: () => call(api.GET("/api/home")),
  staleTime: 60_000,
});

export const overviewQuery = (project: string) =>
  queryOptions({
    queryKey: ["overview", project],
    queryFn: () => call(api.GET("/api/projects/{project}/overview", { params: { path: { project } } })),
    refetchInterval: EVERY_MS,
  });

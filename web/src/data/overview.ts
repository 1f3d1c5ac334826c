// The first page, and a project's: how much there is and what happened. Hints make both new
// (`live.ts`), never a clock: two hundred idle pages would ask all the time.
import { queryOptions } from "@tanstack/react-query";

import { api, call } from "./client";

export const homeQuery = queryOptions({
  queryKey: ["home"],
  queryFn: () => call(api.GET("/api/home")),
});

/** The same for the frame of every page, which is made new less often. */
export const happenedQuery = queryOptions({
  queryKey: ["happened"],
  queryFn: () => call(api.GET("/api/home")),
  staleTime: 60_000,
});

export const overviewQuery = (project: string) =>
  queryOptions({
    queryKey: ["overview", project],
    queryFn: () => call(api.GET("/api/projects/{project}/overview", { params: { path: { project } } })),
  });

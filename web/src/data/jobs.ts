// Jobs and their runs.
import { queryOptions } from "@tanstack/react-query";

import { api, call } from "./client";
import { pagedOptions } from "./pages";
import type { JobSpec, NewJob } from "./schema";

const at = (project: string, job: string) => ({ params: { path: { project, job } } });
const runAt = (project: string, job: string, number: number) => ({ params: { path: { project, job, number } } });

export const jobsQuery = (project: string) =>
  pagedOptions(["job", project, "list"], (cursor) =>
    call(api.GET("/api/projects/{project}/jobs", { params: { path: { project }, query: { cursor, limit: 100 } } })),
  );

export const jobQuery = (project: string, job: string) =>
  queryOptions({
    queryKey: ["job", project, "one", job],
    queryFn: () => call(api.GET("/api/projects/{project}/jobs/{job}", at(project, job))),
  });

export const runsQuery = (project: string, job: string) =>
  pagedOptions(["job", project, "runs", job], (cursor) =>
    call(api.GET("/api/projects/{project}/jobs/{job}/runs", { params: { path: { project, job }, query: { cursor, limit: 50 } } })),
  );

export const runQuery = (project: string, job: string, number: number) =>
  queryOptions({
    queryKey: ["job", project, "run", job, number],
    queryFn: () => call(api.GET("/api/projects/{project}/jobs/{job}/runs/{number}", runAt(project, job, number))),
  });

export const createJob = (project: string, body: NewJob) =>
  call(api.POST("/api/projects/{project}/jobs", { params: { path: { project } }, body }));

export const changeJob = (project: string, job: string, body: JobSpec) =>
  call(api.PUT("/api/projects/{project}/jobs/{job}", { ...at(project, job), body }));

export const deleteJob = (project: string, job: string) =>
  call(api.DELETE("/api/projects/{project}/jobs/{job}", at(project, job)));

export const startRun = (project: string, job: string) =>
  call(api.POST("/api/projects/{project}/jobs/{job}/runs", at(project, job)));

export const stopRun = (project: string, job: string, number: number) =>
  call(api.POST("/api/projects/{project}/jobs/{job}/runs/{number}/stop", runAt(project, job, number)));

export const deleteRun = (project: string, job: string, number: number) =>
  call(api.DELETE("/api/projects/{project}/jobs/{job}/runs/{number}", runAt(project, job, number)));

// Experiments: folders of runs.
import { queryOptions } from "@tanstack/react-query";

import { api, call } from "./client";
import { pagedOptions } from "./pages";
import type { Notes } from "./schema";

const at = (project: string, experiment: string) => ({ params: { path: { project, experiment } } });

export const experimentsQuery = (project: string, deleted: boolean) =>
  pagedOptions(["experiment", project, "list", deleted], (cursor) =>
    call(api.GET("/api/projects/{project}/experiments", { params: { path: { project }, query: { deleted, cursor, limit: 200 } } })),
  );

export const experimentQuery = (project: string, experiment: string) =>
  queryOptions({
    queryKey: ["experiment", project, experiment],
    queryFn: () => call(api.GET("/api/projects/{project}/experiments/{experiment}", at(project, experiment))),
  });

export const createExperiment = (project: string, name: string) =>
  call(api.POST("/api/projects/{project}/experiments", { params: { path: { project } }, body: { name, tags: {} } }));

export const changeExperiment = (project: string, experiment: string, notes: Partial<Notes>) =>
  call(api.PATCH("/api/projects/{project}/experiments/{experiment}", { ...at(project, experiment), body: { tags: {}, ...notes } }));

export const deleteExperiment = (project: string, experiment: string) =>
  call(api.DELETE("/api/projects/{project}/experiments/{experiment}", at(project, experiment)));

export const restoreExperiment = (project: string, experiment: string) =>
  call(api.POST("/api/projects/{project}/experiments/{experiment}/restore", at(project, experiment)));

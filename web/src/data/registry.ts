// Registered models: versions, and the aliases that point to them.
import { queryOptions } from "@tanstack/react-query";

import { api, call } from "./client";
import { pagedOptions } from "./pages";
import type { ModelNotes } from "./schema";

const at = (project: string, name: string) => ({ params: { path: { project, name } } });

export const registryQuery = (project: string) =>
  pagedOptions(["model", project, "registry"], (cursor) =>
    call(api.GET("/api/projects/{project}/registry", { params: { path: { project }, query: { cursor, limit: 200 } } })),
  );

export const registeredQuery = (project: string, name: string) =>
  queryOptions({
    queryKey: ["model", project, "registry", name],
    queryFn: () => call(api.GET("/api/projects/{project}/registry/{name}", at(project, name))),
  });

export const versionsQuery = (project: string, name: string) =>
  pagedOptions(["model", project, "registry", name, "versions"], (cursor) =>
    call(api.GET("/api/projects/{project}/registry/{name}/versions", { params: { path: { project, name }, query: { cursor, limit: 100 } } })),
  );

export const deleteRegistered = (project: string, name: string) =>
  call(api.DELETE("/api/projects/{project}/registry/{name}", at(project, name)));

export const changeRegistered = (project: string, name: string, body: ModelNotes) =>
  call(api.PATCH("/api/projects/{project}/registry/{name}", { ...at(project, name), body }));

export const changeVersion = (project: string, name: string, version: string, body: ModelNotes) =>
  call(api.PATCH("/api/projects/{project}/registry/{name}/versions/{version}", { params: { path: { project, name, version } }, body }));

export const setAlias = (project: string, name: string, alias: string, version: string) =>
  call(api.PUT("/api/projects/{project}/registry/{name}/aliases/{alias}", { params: { path: { project, name, alias } }, body: { version } }));

export const deleteAlias = (project: string, name: string, alias: string) =>
  call(api.DELETE("/api/projects/{project}/registry/{name}/aliases/{alias}", { params: { path: { project, name, alias } } }));

export const deleteVersion = (project: string, name: string, version: string) =>
  call(api.DELETE("/api/projects/{project}/registry/{name}/versions/{version}", { params: { path: { project, name, version } } }));

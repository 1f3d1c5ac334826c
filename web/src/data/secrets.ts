// A project's secrets: values go in and never come back.
import { api, call } from "./client";
import { pagedOptions } from "./pages";

export const secretsQuery = (project: string) =>
  pagedOptions(["secret", project], (cursor) =>
    call(api.GET("/api/projects/{project}/secrets", { params: { path: { project }, query: { cursor, limit: 200 } } })),
  );

export const putSecret = (project: string, name: string, value: string) =>
  call(api.PUT("/api/projects/{project}/secrets/{name}", { params: { path: { project, name } }, body: { value } }));

export const deleteSecret = (project: string, name: string) =>
  call(api.DELETE("/api/projects/{project}/secrets/{name}", { params: { path: { project, name } } }));

// Where files and registered models are used, and what a job run logged.
import { api, call } from "./client";
import type { FileAddress } from "./files";
import { pagedOptions } from "./pages";

/** Uses of a file, of all versions or of one. Any change in the project may be one. */
export const usesQuery = ({ project, kind, key }: FileAddress, version?: number) =>
  pagedOptions(["uses", project, kind, key, version], (cursor) =>
    call(api.GET("/api/projects/{project}/{kind}/{key}/uses", { params: { path: { project, kind, key }, query: { version, cursor, limit: 100 } } })),
  );

/** The services that serve a registered model. */
export const servingQuery = (project: string, name: string) =>
  pagedOptions(["uses", project, "registry", name], (cursor) =>
    call(api.GET("/api/projects/{project}/registry/{name}/uses", { params: { path: { project, name }, query: { cursor, limit: 100 } } })),
  );

/** The runs of experiments that a job run began. */
export const loggedQuery = (project: string, job: string, number: number) =>
  pagedOptions(["run", project, "logged", job, number], (cursor) =>
    call(api.GET("/api/projects/{project}/jobs/{job}/runs/{number}/logged", { params: { path: { project, job, number }, query: { cursor, limit: 50 } } })),
  );

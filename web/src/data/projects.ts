// Projects and what one may do in them.
import { queryOptions } from "@tanstack/react-query";

import { api, call } from "./client";
import { pagedOptions } from "./pages";
import type { NewProject, Project, ProjectChange } from "./schema";

export const projectsQuery = pagedOptions(["project"], (cursor) =>
  call(api.GET("/api/projects", { params: { query: { cursor, limit: 100 } } })),
);

export const projectQuery = (project: string) =>
  queryOptions({
    queryKey: ["project", project],
    queryFn: () => call(api.GET("/api/projects/{project}", { params: { path: { project } } })),
  });

export const createProject = (body: NewProject) => call(api.POST("/api/projects", { body }));

export const changeProject = (project: string, body: ProjectChange) =>
  call(api.PATCH("/api/projects/{project}", { params: { path: { project } }, body }));

export const deleteProject = (project: string) =>
  call(api.DELETE("/api/projects/{project}", { params: { path: { project } } }));

/** Whether the caller may change things in the project (an admin may everywhere). */
export const mayEdit = (project: Project): boolean => project.role !== "viewer";

/** Whether the caller may manage the project itself: members, secrets, deletion. */
export const mayOwn = (project: Project): boolean => project.role === "owner" || !project.role;

// Who is in a project.
import { api, call } from "./client";
import { pagedOptions } from "./pages";
import type { Role } from "./schema";

export const ROLES: Role[] = ["viewer", "editor", "owner"];

export const membersQuery = (project: string) =>
  pagedOptions(["member", project], (cursor) =>
    call(api.GET("/api/projects/{project}/members", { params: { path: { project }, query: { cursor, limit: 200 } } })),
  );

export const putMember = (project: string, user: string, role: Role) =>
  call(api.PUT("/api/projects/{project}/members/{user}", { params: { path: { project, user } }, body: { role } }));

export const removeMember = (project: string, user: string) =>
  call(api.DELETE("/api/projects/{project}/members/{user}", { params: { path: { project, user } } }));

// All accounts of the lab, for admins.
import { api, call } from "./client";
import { pagedOptions } from "./pages";
import type { NewUser } from "./schema";

/** Those whose name or full name holds `q`. */
export const usersQuery = (q: string) =>
  pagedOptions(["user", "list"], (cursor) => call(api.GET("/api/users", { params: { query: { q, cursor, limit: 100 } } })), q);

export const createUser = (body: NewUser) => call(api.POST("/api/users", { body }));

export const deleteUser = (user: string) => call(api.DELETE("/api/users/{user}", { params: { path: { user } } }));

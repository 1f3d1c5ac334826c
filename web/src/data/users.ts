// All accounts of the lab, for admins.
import { api, call } from "./client";
import { pagedOptions } from "./pages";
import type { NewUser } from "./schema";

export const usersQuery = pagedOptions(["user"], (cursor) =>
  call(api.GET("/api/users", { params: { query: { cursor, limit: 100 } } })),
);

export const createUser = (body: NewUser) => call(api.POST("/api/users", { body }));

export const deleteUser = (user: string) => call(api.DELETE("/api/users/{user}", { params: { path: { user } } }));

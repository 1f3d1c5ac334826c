// One's own account: profile, password, tokens and sessions.
import { api, call } from "./client";
import { pagedOptions } from "./pages";
import type { NewToken, UserChange } from "./schema";

/** All of one's tokens, sessions and tokens of workloads, newest first. */
export const tokensQuery = pagedOptions(["token"], (cursor) =>
  call(api.GET("/api/tokens", { params: { query: { cursor, limit: 200 } } })),
);

export const createToken = (body: NewToken) => call(api.POST("/api/tokens", { body }));

export const deleteToken = (token: string) => call(api.DELETE("/api/tokens/{token}", { params: { path: { token } } }));

export const changeUser = (user: string, body: UserChange) =>
  call(api.PATCH("/api/users/{user}", { params: { path: { user } }, body }));

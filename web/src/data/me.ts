// Who is signed in, and leaving.
import { queryOptions } from "@tanstack/react-query";

import { toSignIn } from "@/lib/base";
import { forgetVisits } from "@/lib/recent";
import { forgetSeen } from "@/lib/seen";

import { api, call } from "./client";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: () => call(api.GET("/api/auth/me")),
  staleTime: 60_000,
});

export async function signOut(): Promise<void> {
  await call(api.POST("/api/auth/logout"));
  forgetVisits();
  forgetSeen();
  toSignIn();
}

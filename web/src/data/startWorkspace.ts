// Starting one's workspace from the first page.
import { api, call } from "./client";

export const startWorkspace = (user: string) =>
  call(api.POST("/api/workspaces/{user}/start", { params: { path: { user } } }));

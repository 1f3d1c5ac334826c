// One's own workspace.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { root } from "@/routes";

export const workspaceRoute = createRoute({
  getParentRoute: () => root,
  path: "/workspace",
  component: lazyRouteComponent(() => import("./page"), "WorkspacePage"),
});

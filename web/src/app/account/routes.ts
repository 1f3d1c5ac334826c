// One's account, and the pages about the lab itself.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { root } from "@/routes";

const account = createRoute({
  getParentRoute: () => root,
  path: "/account",
  component: lazyRouteComponent(() => import("./page"), "AccountPage"),
});

export const accountRoutes = [account] as const;

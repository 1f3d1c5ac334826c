// Help: the documentation that ships, and what this lab is.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { root } from "@/routes";

const docs = createRoute({
  getParentRoute: () => root,
  path: "/docs",
  component: lazyRouteComponent(() => import("./page"), "DocsPage"),
});

const about = createRoute({
  getParentRoute: () => root,
  path: "/about",
  component: lazyRouteComponent(() => import("./AboutPage"), "AboutPage"),
});

export const helpRoutes = [docs, about] as const;

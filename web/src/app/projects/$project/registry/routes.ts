// Registered models.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { text } from "@/lib/search";
import { project } from "@/routes";

const list = createRoute({
  getParentRoute: () => project,
  path: "/registry",
  validateSearch: (search): { q?: string | undefined } => ({ q: text(search.q) }),
  component: lazyRouteComponent(() => import("./page"), "RegistryPage"),
});

const one = createRoute({
  getParentRoute: () => project,
  path: "/registry/$name",
  component: lazyRouteComponent(() => import("./$name/page"), "RegisteredPage"),
});

export const registryRoutes = [list, one] as const;

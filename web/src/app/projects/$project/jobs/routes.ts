// The jobs of a project and their runs.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { oneOf, text } from "@/lib/search";
import { project } from "@/routes";

const list = createRoute({
  getParentRoute: () => project,
  path: "/jobs",
  validateSearch: (search): { q?: string | undefined; new?: "yes" | undefined } => ({ q: text(search.q), new: oneOf(search.new, ["yes"]) }),
  component: lazyRouteComponent(() => import("./page"), "JobsPage"),
});

const one = createRoute({
  getParentRoute: () => project,
  path: "/jobs/$job",
  component: lazyRouteComponent(() => import("./$job/page"), "JobPage"),
});

const run = createRoute({
  getParentRoute: () => project,
  path: "/jobs/$job/runs/$number",
  component: lazyRouteComponent(() => import("./$job/runs/$number/page"), "JobRunPage"),
});

export const jobRoutes = [list, one, run] as const;

// Every page and its address. Folders under app/ mirror these; each page is a chunk of its own.
// A noun's pages stand in its folder's routes.ts.
import { createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";

import { base } from "@/lib/base";
import { text } from "@/lib/search";

import { accountRoutes } from "./app/account/routes";
import { adminRoutes } from "./app/admin/routes";
import { helpRoutes } from "./app/docs/routes";
import { experimentRoutes } from "./app/projects/$project/experiments/routes";
import { registryRoutes } from "./app/projects/$project/registry/routes";
import { projectItselfRoutes } from "./app/projects/$project/routes";
import { Crash } from "./app/Crash";
import { NotFound } from "./app/NotFound";
import { datasetRoutes, modelRoutes } from "./app/projects/$project/files/routes";
import { jobRoutes } from "./app/projects/$project/jobs/routes";
import { serviceRoutes } from "./app/projects/$project/services/routes";
import { workspaceRoute } from "./app/workspace/routes";
import { queryClient } from "./data/query";
import { project, projectOverview, root } from "./routes";

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("./app/page"), "HomePage"),
});

const projects = createRoute({
  getParentRoute: () => root,
  path: "/projects",
  validateSearch: (search): { q?: string | undefined } => ({ q: text(search.q) }),
  component: lazyRouteComponent(() => import("./app/projects/page"), "ProjectsPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    projects,
    ...accountRoutes,
    adminRoutes,
    ...helpRoutes,
    workspaceRoute,
    project.addChildren([
      projectOverview,
      datasetRoutes,
      modelRoutes,
      ...projectItselfRoutes,
      ...jobRoutes,
      ...experimentRoutes,
      ...registryRoutes,
      ...serviceRoutes,
    ]),
  ]),
  basepath: `${base}/app`,
  context: { queryClient },
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  defaultErrorComponent: Crash,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

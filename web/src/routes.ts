// The routes under which all others hang: the frame, and one project.
import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { meQuery } from "@/data/me";
import { projectQuery } from "@/data/projects";

import { Crash } from "./app/Crash";
import { NotFound } from "./app/NotFound";
import { Shell } from "./app/Shell";

export const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  beforeLoad: async ({ context }) => {
    await context.queryClient.query({ ...meQuery, staleTime: "static" });
  },
  component: Shell,
  errorComponent: Crash,
  notFoundComponent: NotFound,
});

/** Everything below one project; its record is there before any of its pages. */
export const project = createRoute({
  getParentRoute: () => root,
  path: "/projects/$project",
  loader: ({ context, params }) =>
    context.queryClient.query({ ...projectQuery(params.project), staleTime: "static" }),
});

export const projectOverview = createRoute({
  getParentRoute: () => project,
  path: "/",
  component: lazyRouteComponent(() => import("./app/projects/$project/page"), "ProjectPage"),
});

// Administration: shown to admins, refused by the API to anyone else.
import { createRoute, lazyRouteComponent, notFound, redirect } from "@tanstack/react-router";

import { meQuery } from "@/data/me";
import { text } from "@/lib/search";
import { root } from "@/routes";

import { workloadFilter } from "./workloads/filters";

const admin = createRoute({
  getParentRoute: () => root,
  path: "/admin",
  loader: async ({ context }) => {
    const me = await context.queryClient.query({ ...meQuery, staleTime: "static" });
    if (!me.is_admin) throw notFound();
  },
});

const index = createRoute({
  getParentRoute: () => admin,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/admin/users" });
  },
});

const users = createRoute({
  getParentRoute: () => admin,
  path: "/users",
  validateSearch: (search): { q?: string | undefined } => ({ q: text(search.q) }),
  component: lazyRouteComponent(() => import("./users/page"), "UsersPage"),
});

const projects = createRoute({
  getParentRoute: () => admin,
  path: "/projects",
  validateSearch: (search): { q?: string | undefined } => ({ q: text(search.q) }),
  component: lazyRouteComponent(() => import("./projects/page"), "AllProjectsPage"),
});

const workloads = createRoute({
  getParentRoute: () => admin,
  path: "/workloads",
  validateSearch: workloadFilter,
  component: lazyRouteComponent(() => import("./workloads/page"), "WorkloadsPage"),
});

const health = createRoute({
  getParentRoute: () => admin,
  path: "/health",
  component: lazyRouteComponent(() => import("./health/page"), "HealthPage"),
});

const settings = createRoute({
  getParentRoute: () => admin,
  path: "/settings",
  validateSearch: (search): { q?: string | undefined } => ({ q: text(search.q) }),
  component: lazyRouteComponent(() => import("./settings/page"), "SettingsPage"),
});

export const adminRoutes = admin.addChildren([index, users, projects, workloads, health, settings]);

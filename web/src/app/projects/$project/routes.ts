// The pages of a project about the project itself.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { project } from "@/routes";

const members = createRoute({
  getParentRoute: () => project,
  path: "/members",
  component: lazyRouteComponent(() => import("./members/page"), "MembersPage"),
});

const secrets = createRoute({
  getParentRoute: () => project,
  path: "/secrets",
  component: lazyRouteComponent(() => import("./secrets/page"), "SecretsPage"),
});

const settings = createRoute({
  getParentRoute: () => project,
  path: "/settings",
  component: lazyRouteComponent(() => import("./settings/page"), "ProjectSettingsPage"),
});

export const projectItselfRoutes = [members, secrets, settings] as const;

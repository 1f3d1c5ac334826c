// The services of a project.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { oneOf, text } from "@/lib/search";

import { project } from "@/routes";

import { type Tab, TABS } from "./tabs";

interface ListSearch {
  q?: string | undefined;
  /** Opens the form; the other three fill it, so that a model's page can lead here. */
  deploy?: "command" | "model" | undefined;
  model?: string | undefined;
  version?: string | undefined;
  alias?: string | undefined;
}

interface ServiceSearch {
  tab?: Tab | undefined;
  /** What a call from the page begins with. */
  method?: string | undefined;
  path?: string | undefined;
  body?: string | undefined;
}

const list = createRoute({
  getParentRoute: () => project,
  path: "/services",
  validateSearch: (search): ListSearch => ({
    q: text(search.q),
    deploy: oneOf(search.deploy, ["command", "model"]),
    model: text(search.model),
    version: text(search.version),
    alias: text(search.alias),
  }),
  component: lazyRouteComponent(() => import("./page"), "ServicesPage"),
});

const one = createRoute({
  getParentRoute: () => project,
  path: "/services/$service",
  validateSearch: (search): ServiceSearch => ({ tab: oneOf(search.tab, TABS), method: text(search.method), path: text(search.path), body: typeof search.body === "object" ? JSON.stringify(search.body) : text(search.body) }),
  component: lazyRouteComponent(() => import("./$service/page"), "ServicePage"),
});

export const serviceRoutes = [list, one];

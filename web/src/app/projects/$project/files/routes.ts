// Datasets and models: one set of pages under two addresses.
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { oneOf, text, whole } from "@/lib/search";
import { project } from "@/routes";

const listSearch = (search: Record<string, unknown>): { q?: string | undefined } => ({ q: text(search.q) });

interface FileSearch {
  version?: number | undefined;
  tab?: "versions" | "used" | "use" | undefined;
}

const fileSearch = (search: Record<string, unknown>): FileSearch => ({
  version: whole(search.version),
  tab: oneOf(search.tab, ["versions", "used", "use"] as const),
});

// A node of its own for each kind: beside a flat "/datasets/$", "/datasets" would count as an empty key.
const datasets = createRoute({ getParentRoute: () => project, path: "/datasets" });
const datasetsList = createRoute({
  getParentRoute: () => datasets,
  path: "/",
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import("./page"), "DatasetsPage"),
});
const datasetsFile = createRoute({
  getParentRoute: () => datasets,
  path: "$",
  validateSearch: fileSearch,
  component: lazyRouteComponent(() => import("./file/page"), "DatasetPage"),
});

const models = createRoute({ getParentRoute: () => project, path: "/models" });
const modelsList = createRoute({
  getParentRoute: () => models,
  path: "/",
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import("./page"), "ModelsPage"),
});
const modelsFile = createRoute({
  getParentRoute: () => models,
  path: "$",
  validateSearch: fileSearch,
  component: lazyRouteComponent(() => import("./file/page"), "ModelPage"),
});

export const datasetRoutes = datasets.addChildren([datasetsList, datasetsFile]);
export const modelRoutes = models.addChildren([modelsList, modelsFile]);

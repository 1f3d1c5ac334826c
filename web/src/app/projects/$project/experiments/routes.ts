// Experiments, their runs, and where links of mlflow's own interface lead.
import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";

import { oneOf, text } from "@/lib/search";
import { project } from "@/routes";

export const RUN_TABS = ["overview", "charts", "artifacts", "log"] as const;

export interface ExperimentSearch {
  /** MLflow's search language. */
  q?: string | undefined;
  /** Such as `metrics.loss DESC`. */
  sort?: string | undefined;
  cols?: string[] | undefined;
  view?: "deleted" | undefined;
  /** The selected runs. */
  runs?: string[] | undefined;
}

export interface ChartSearch {
  x?: "time" | undefined;
  smooth?: number | undefined;
  log?: boolean | undefined;
  metric?: string | undefined;
}

interface RunSearch extends ChartSearch {
  tab?: (typeof RUN_TABS)[number] | undefined;
  /** The artifact that is shown. */
  path?: string | undefined;
}

interface CompareSearch extends ChartSearch {
  runs?: string | undefined;
  all?: boolean | undefined;
  base?: string | undefined;
  tab?: "charts" | undefined;
}

const texts = (value: unknown): string[] | undefined => {
  if (!Array.isArray(value)) return undefined;
  return value.filter((each): each is string => typeof each === "string");
};

const charts = (search: Record<string, unknown>): ChartSearch => {
  const weight = Number(search.smooth);
  return {
    x: oneOf(search.x, ["time"]),
    smooth: weight > 0 && weight < 1 ? weight : undefined,
    log: search.log === true || undefined,
    metric: text(search.metric),
  };
};

const list = createRoute({
  getParentRoute: () => project,
  path: "/experiments",
  validateSearch: (search): { q?: string | undefined; view?: "deleted" | undefined } => ({ q: text(search.q), view: oneOf(search.view, ["deleted"]) }),
  component: lazyRouteComponent(() => import("./page"), "ExperimentsPage"),
});

const one = createRoute({
  getParentRoute: () => project,
  path: "/experiments/$experiment",
  validateSearch: (search): ExperimentSearch => ({
    q: text(search.q),
    sort: text(search.sort),
    cols: texts(search.cols),
    view: oneOf(search.view, ["deleted"]),
    runs: texts(search.runs),
  }),
  component: lazyRouteComponent(() => import("./$experiment/page"), "ExperimentPage"),
});

const run = createRoute({
  getParentRoute: () => project,
  path: "/experiments/$experiment/runs/$run",
  validateSearch: (search): RunSearch => ({ ...charts(search), tab: oneOf(search.tab, RUN_TABS), path: text(search.path) }),
  component: lazyRouteComponent(() => import("./$experiment/runs/$run/page"), "RunPage"),
});

const compare = createRoute({
  getParentRoute: () => project,
  path: "/experiments/$experiment/compare",
  validateSearch: (search): CompareSearch => ({
    ...charts(search),
    runs: text(search.runs),
    all: search.all === true || undefined,
    base: text(search.base),
    tab: oneOf(search.tab, ["charts"]),
  }),
  component: lazyRouteComponent(() => import("./$experiment/compare/page"), "ComparePage"),
});

/** An mlflow client prints `…/mlflow/#/experiments/1/runs/2`; the API sends browsers here. */
const mlflow = createRoute({
  getParentRoute: () => project,
  path: "/mlflow",
  beforeLoad: ({ params, location }) => {
    const found = /^\/experiments\/([^/?]+)(?:\/runs\/([^/?]+))?/.exec(location.hash);
    const [, experiment, its] = found ?? [];
    if (experiment === undefined) throw redirect({ to: "/projects/$project/experiments", params, replace: true });
    if (its === undefined) throw redirect({ to: "/projects/$project/experiments/$experiment", params: { ...params, experiment }, replace: true });
    throw redirect({ to: "/projects/$project/experiments/$experiment/runs/$run", params: { ...params, experiment, run: its }, replace: true });
  },
});

export const experimentRoutes = [list, one, run, compare, mlflow] as const;

// Runs: the table by the piece, one run, several side by side, and their charts.
import { queryOptions } from "@tanstack/react-query";

import { api, apiUrl, call } from "./client";
import { keptWithin } from "./pages";
import type { ColumnKind, Notes, RunRow, Series, SeriesQuestion } from "./schema";

/** Rows that are asked for at once. */
export const PIECE = 100;

export interface RunsAsked {
  experiment: string;
  filter: string;
  order: string[];
  /** Keys that the rows hold, such as `params.lr`. */
  columns: string[];
  deleted: boolean;
}

/** One piece of the table: rows from `PIECE * piece` on, and how many there are in all. The first stays until its successor is there. */
export const pieceQuery = (project: string, asked: RunsAsked, piece: number) =>
  queryOptions({
    queryKey: ["run", project, "table", asked, piece],
    queryFn: async ({ signal }): Promise<{ rows: RunRow[]; total: number }> => {
      const rows: RunRow[] = [];
      for (;;) {
        const query = { experiment: [asked.experiment], filter: asked.filter, order_by: asked.order, columns: asked.columns, deleted: asked.deleted, limit: PIECE - rows.length, skip: piece * PIECE + rows.length };
        const page = await call(api.GET("/api/projects/{project}/runs", { params: { path: { project }, query }, signal }));
        rows.push(...page.items); // a page with many columns ends early
        if (page.items.length === 0 || rows.length >= PIECE || piece * PIECE + rows.length >= page.total) return { rows, total: page.total };
      }
    },
    placeholderData: piece === 0 ? keptWithin(["run", project, "table", { experiment: asked.experiment }], ({ total }) => total > 0) : undefined,
  });

export const columnsQuery = (project: string, experiment: string, q: string, kind?: ColumnKind) =>
  queryOptions({
    queryKey: ["columns", project, experiment, q, kind],
    queryFn: () =>
      call(api.GET("/api/projects/{project}/runs/columns", { params: { path: { project }, query: { experiment: [experiment], q, kind, limit: 200 } } })),
    placeholderData: keptWithin(["columns", project, experiment], ({ items }) => items.length > 0),
    staleTime: 15_000,
  });

const at = (project: string, run: string) => ({ params: { path: { project, run } } });

export const runQuery = (project: string, run: string) =>
  queryOptions({
    queryKey: ["run", project, run],
    queryFn: () => call(api.GET("/api/projects/{project}/runs/{run}", at(project, run))),
  });

export const changeRun = (project: string, run: string, notes: Partial<Notes>) =>
  call(api.PATCH("/api/projects/{project}/runs/{run}", { ...at(project, run), body: { tags: {}, ...notes } }));

const many = (project: string, runs: string[]) => ({ params: { path: { project } }, body: { runs } });

export const deleteRuns = (project: string, runs: string[]) => call(api.POST("/api/projects/{project}/runs/delete", many(project, runs)));

export const restoreRuns = (project: string, runs: string[]) => call(api.POST("/api/projects/{project}/runs/restore", many(project, runs)));

export const tagRuns = (project: string, runs: string[], tags: Record<string, string | null>) =>
  call(api.POST("/api/projects/{project}/runs/tags", { params: { path: { project } }, body: { runs, tags } }));

export const compareQuery = (project: string, runs: string[], differs: boolean) =>
  queryOptions({
    queryKey: ["run", project, "compare", runs, differs],
    queryFn: () => call(api.GET("/api/projects/{project}/runs/compare", { params: { path: { project }, query: { run: runs, differs } } })),
    placeholderData: keptWithin(["run", project, "compare"]),
  });

export const seriesQuery = (project: string, asked: SeriesQuestion) =>
  queryOptions({
    queryKey: ["run", project, "series", asked],
    queryFn: async ({ signal }): Promise<Series[]> =>
      (await call(api.POST("/api/projects/{project}/runs/series", { params: { path: { project } }, body: asked, signal }))).series,
    placeholderData: keptWithin(["run", project, "series"]),
  });

export const runArtifactsQuery = (project: string, run: string, path: string) =>
  queryOptions({
    queryKey: ["run", project, run, "artifacts", path],
    queryFn: async () =>
      (await call(api.GET("/api/projects/{project}/runs/{run}/artifacts", { params: { path: { project, run }, query: { path } } }))).items,
  });

/** Where a run's artifact is read and downloaded. */
export const runArtifactUrl = (project: string, run: string, path: string): string =>
  apiUrl(`/projects/${encodeURIComponent(project)}/runs/${encodeURIComponent(run)}/artifacts/${path.split("/").map(encodeURIComponent).join("/")}`);

/** The beginning of an artifact, as it is now. */
export const artifactPreviewQuery = (project: string, run: string, path: string) =>
  queryOptions({
    queryKey: ["run", project, run, "preview", path],
    queryFn: () => call(api.GET("/api/projects/{project}/runs/{run}/preview", { params: { path: { project, run }, query: { path } } })),
  });

import { useQueries, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";

import { PIECE, pieceQuery, type RunsAsked } from "@/data/runs";
import type { Column, RunRow } from "@/data/schema";
import { spanWith } from "@/lib/grid";
import { defaultColumns, loggedOf, orderOf } from "@/lib/runColumns";
import { nameOf } from "@/lib/runFilter";

import type { ExperimentSearch } from "../routes";

const HERE = "/projects/$project/experiments/$experiment";

/** As many as can be compared, and fit into an address. */
export const MOST_SELECTED = 100;

/** What the address says of the table, and how to change it. */
export function useTableSearch(seen: Column[]) {
  const search = useSearch({ from: HERE });
  const navigate = useNavigate({ from: HERE });
  const change = useCallback(
    (next: Partial<ExperimentSearch>, replace = true) => void navigate({ search: (old) => ({ ...old, ...next }), replace, resetScroll: false }),
    [navigate],
  );
  const columns = useMemo(() => search.cols ?? defaultColumns(seen), [search.cols, seen]);
  const selected = useMemo(() => new Set(search.runs), [search.runs]);
  return { search, change, columns, selected };
}

export function useAsked(experiment: string, search: ExperimentSearch, columns: string[]): RunsAsked {
  return useMemo(
    () => ({
      experiment,
      filter: search.q ?? "",
      order: orderOf(search.sort, nameOf),
      columns: columns.filter((each) => loggedOf(each) !== null).map(nameOf),
      deleted: search.view === "deleted",
    }),
    [experiment, search.q, search.sort, search.view, columns],
  );
}

/** The rows of the table by their place: only the pieces that are looked at are asked for. */
export function usePieces(project: string, asked: RunsAsked) {
  const [wanted, setWanted] = useState<readonly number[]>([]);
  const first = useQuery(pieceQuery(project, asked, 0));
  const found = useQueries({ queries: wanted.map((piece) => pieceQuery(project, asked, piece)) });
  const total = first.data?.total ?? 0;
  const rowAt = (index: number): RunRow | undefined => {
    const piece = Math.floor(index / PIECE);
    const rows = piece === 0 ? first.data?.rows : found[wanted.indexOf(piece)]?.data?.rows;
    return rows?.[index % PIECE];
  };
  const look = useCallback((from: number, to: number, at: number) => {
    const next = spanWith(Math.floor(from / PIECE), Math.floor(to / PIECE), Math.floor(at / PIECE), Infinity).filter((piece) => piece > 0);
    setWanted((old) => (old.join() === next.join() ? old : next));
  }, []);
  return { first, total, rowAt, look };
}

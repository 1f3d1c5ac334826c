import { useNavigate, useRouter } from "@tanstack/react-router";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";

import type { RunRow } from "@/data/schema";
import { t } from "@/texts";

import { PINNED } from "./frame";
import { HeaderRow } from "./HeaderRow";
import { Row } from "./Row";
import { useGridKeys } from "./useGridKeys";
import { useColumns, useRows } from "./useNear";

const ROW = 36;
const TOUCH_ROW = 44;
const RUN = "/projects/$project/experiments/$experiment/runs/$run";

interface Props {
  project: string;
  experiment: string;
  total: number;
  rowAt: (index: number) => RunRow | undefined;
  /** Told which rows are seen, and which one the keyboard is at. */
  look: (from: number, to: number, at: number) => void;
  columns: string[];
  q: string;
  sort: string | undefined;
  /** Another one: other runs, seen from their first on. */
  question: string;
  selected: Set<string>;
  onSelect: (runs: string[], on: boolean) => void;
  onSort: (sort: string | undefined) => void;
  onFilter: (q: string) => void;
  onHide: (column: string) => void;
}

/** Where a run's page is, and going there; the address is made once for all rows. */
function useRunPages(project: string, experiment: string) {
  const router = useRouter();
  const navigate = useNavigate();
  const folder = useMemo(() => router.buildLocation({ to: RUN, params: { project, experiment, run: "-" }, search: {} }).publicHref.slice(0, -1), [router, project, experiment]);
  const hrefOf = useCallback((run: string) => router.history.createHref(folder + run), [router, folder]);
  const open = useCallback((run: string) => void navigate({ to: RUN, params: { project, experiment, run } }), [navigate, project, experiment]);
  return { hrefOf, open };
}

/** All runs, however many: only what is seen is there. */
export function RunGrid(props: Props) {
  const { project, experiment, total, rowAt, look, columns, question, selected, onSelect } = props;
  const host = useRef<HTMLDivElement>(null);
  const [height] = useState(() => (matchMedia("(pointer: coarse)").matches ? TOUCH_ROW : ROW));
  const { hrefOf, open } = useRunPages(project, experiment);
  const { at, onFocus, onKeyDownCapture } = useGridKeys(host, { rows: total + 1, columns: columns.length + PINNED }, height, {
    onMove: (to) => {
      if (to.row > 0) rows.scrollToIndex(to.row - 1);
      showColumn(to.column);
    },
    onSelect: (row) => {
      const run = rowAt(row - 1);
      if (run) onSelect([run.id], !selected.has(run.id));
    },
    onOpen: (row) => {
      const run = rowAt(row - 1);
      if (run) open(run.id);
    },
  });
  const { frame, showColumn } = useColumns(host, columns, at.column);
  const kept = at.row - 1;
  const rows = useRows(host, total, height, kept);
  const { startIndex: from = 0, endIndex: to = 0 } = rows.range ?? {};
  useEffect(() => look(from, to, kept), [look, from, to, kept]);
  useLayoutEffect(() => {
    host.current?.scrollTo({ top: 0 });
  }, [question]);
  const items = rows.getVirtualItems();
  const shown = items.flatMap((item) => rowAt(item.index) ?? []);
  const seen = useRef(shown);
  useLayoutEffect(() => void (seen.current = shown));
  const onAll = useCallback((on: boolean) => onSelect(seen.current.map((run) => run.id), on), [onSelect]);
  return (
    <div
      ref={host}
      role="grid"
      aria-label={t.experiments.runs}
      aria-rowcount={total + 1}
      aria-colcount={columns.length + PINNED}
      aria-multiselectable
      onFocus={onFocus}
      onKeyDownCapture={onKeyDownCapture}
      className="max-h-[max(24rem,calc(100dvh-19rem))] overflow-auto rounded-lg border border-line bg-surface"
    >
      <HeaderRow
        frame={frame}
        at={at.row === 0 ? at.column : -1}
        isAll={shown.length > 0 && shown.every((run) => selected.has(run.id))}
        onAll={onAll}
        q={props.q}
        sort={props.sort}
        onSort={props.onSort}
        onFilter={props.onFilter}
        onHide={props.onHide}
      />
      <div role="rowgroup" className="relative" style={{ height: rows.getTotalSize(), minWidth: frame.least }}>
        {items.map(({ index, start }) => {
          const run = rowAt(index);
          return (
            <Row
              key={index}
              index={index}
              top={start}
              height={height}
              frame={frame}
              run={run}
              at={index === kept ? at.column : -1}
              isSelected={run !== undefined && selected.has(run.id)}
              onSelect={onSelect}
              hrefOf={hrefOf}
              onOpen={open}
            />
          );
        })}
      </div>
    </div>
  );
}

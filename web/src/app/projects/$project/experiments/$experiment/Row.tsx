import { memo, type MouseEvent, type ReactNode } from "react";

import type { RunRow } from "@/data/schema";
import { cx } from "@/lib/cx";
import { nameOfPlace } from "@/lib/grid";
import { t } from "@/texts";

import { cellOf, Dot, isNumber, titleOf } from "./cells";
import { type Frame, PINNED_TEMPLATE } from "./frame";

interface Props {
  /** Among the runs; its row in the grid is one more. */
  index: number;
  top: number;
  height: number;
  frame: Frame;
  run: RunRow | undefined;
  /** The column that the keyboard is at; -1: none of this row. */
  at: number;
  isSelected: boolean;
  onSelect: (runs: string[], on: boolean) => void;
  /** The page of a run. */
  hrefOf: (run: string) => string;
  onOpen: (run: string) => void;
}

/** A plain click stays in the app; one with a key held is the browser's. */
function follow(event: MouseEvent, open: () => void): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  open();
}

const FOCUS = "focus-visible:outline-2 focus-visible:-outline-offset-2 focus-visible:outline-accent";
const TEXT = "truncate px-3 leading-9 pointer-coarse:leading-11";
const NUMBER = `${TEXT} text-right tabular-nums`;

/**
 * One run of the table; grey until it is there. Much of it scrolls by each second: no hook, a
 * plain link (a router's costs too much), and its cells are the same when its run comes.
 */
export const Row = memo(function Row({ index, top, height, frame, run, at, isSelected, onSelect, hrefOf, onOpen }: Props) {
  const ground = isSelected ? "bg-selected" : "bg-surface group-hover:bg-hover";
  const cell = (column: number, className: string, children: ReactNode, track?: number, title?: string) => (
    <div
      key={column}
      title={title}
      role="gridcell"
      aria-colindex={column + 1}
      data-cell={nameOfPlace({ row: index + 1, column })}
      tabIndex={at === column ? 0 : -1}
      style={track === undefined ? undefined : { gridColumnStart: track }}
      className={cx(FOCUS, className)}
    >
      {children}
    </div>
  );
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      style={{ gridTemplateColumns: frame.template, height, top }}
      className={cx("group absolute inset-x-0 grid border-b border-line contain-layout contain-style", ground)}
    >
      <div role="presentation" style={{ gridTemplateColumns: PINNED_TEMPLATE }} className={cx("sticky -left-20 z-1 grid h-full items-stretch md:left-0", ground)}>
        {cell(0, "flex items-center justify-center", run && <input type="checkbox" tabIndex={-1} checked={isSelected} onChange={(event) => onSelect([run.id], event.target.checked)} aria-label={`${t.experiments.select}: ${run.name}`} className="size-4 accent-accent pointer-coarse:size-6" />)}
        {cell(1, "flex items-center justify-center", run && <Dot run={run} />)}
        {cell(2, "flex min-w-0 items-center border-r border-line px-3", run === undefined
          ? <><span className="h-3 w-2/3 animate-pulse rounded-sm bg-hover" /><span className="sr-only">{t.common.loading}</span></>
          : <a href={hrefOf(run.id)} onClick={(event) => follow(event, () => onOpen(run.id))} tabIndex={-1} title={run.name} className="truncate font-medium hover:underline">{run.name || run.id}</a>)}
      </div>
      {frame.shown.map(({ index: column, column: name, track }) => cell(column, isNumber(name) ? NUMBER : TEXT, run && cellOf(run, name), track, run && titleOf(run, name)))}
    </div>
  );
});

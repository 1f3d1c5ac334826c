import { Link } from "@tanstack/react-router";
import { memo } from "react";

import type { RunRow } from "@/data/schema";
import { cx } from "@/lib/cx";
import { t } from "@/texts";

import { Dot, isNumber, RunCell } from "./cells";

interface Props {
  index: number;
  top: number;
  height: number;
  template: string;
  run: RunRow | undefined;
  columns: string[];
  isActive: boolean;
  isSelected: boolean;
  onSelect: (runs: string[], on: boolean) => void;
  onPress: (index: number) => void;
  project: string;
  experiment: string;
}

/** One run of the table; grey until it is there. */
export const Row = memo(function Row({ index, top, height, template, run, columns, isActive, isSelected, onSelect, onPress, project, experiment }: Props) {
  const ground = isSelected ? "bg-selected" : "bg-surface group-hover:bg-hover";
  const pinned = cx("flex h-full items-center md:sticky", ground);
  return (
    <div
      role="row"
      id={`run-${index}`}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      onMouseDown={() => onPress(index)}
      style={{ gridTemplateColumns: template, height, transform: `translateY(${top}px)` }}
      className={cx("group absolute inset-x-0 top-0 grid items-center border-b border-line", ground, isActive && "group-focus-visible/grid:outline-2 group-focus-visible/grid:-outline-offset-2 group-focus-visible/grid:outline-accent")}
    >
      {run === undefined ? (
        <div role="gridcell" className="col-span-full px-3"><div className="h-3 w-1/3 animate-pulse rounded-sm bg-hover" /><span className="sr-only">{t.common.loading}</span></div>
      ) : (
        <>
          <div role="gridcell" className={cx(pinned, "left-0 z-1 justify-center")}>
            <input type="checkbox" tabIndex={-1} checked={isSelected} onChange={(event) => onSelect([run.id], event.target.checked)} aria-label={`${t.experiments.select}: ${run.name}`} className="size-4 accent-accent pointer-coarse:size-6" />
          </div>
          <div role="gridcell" className={cx(pinned, "left-10 z-1 justify-center")}><Dot run={run} /></div>
          <div role="gridcell" className={cx("sticky left-0 z-1 flex h-full min-w-0 items-center border-r border-line px-3 md:left-20", ground)}>
            <Link to="/projects/$project/experiments/$experiment/runs/$run" params={{ project, experiment, run: run.id }} preload={false} tabIndex={-1} title={run.name} className="truncate font-medium hover:underline">{run.name || run.id}</Link>
          </div>
          {columns.map((column) => (
            <div key={column} role="gridcell" className={cx("truncate px-3", isNumber(column) && "text-right tabular-nums")}><RunCell run={run} column={column} /></div>
          ))}
        </>
      )}
    </div>
  );
});

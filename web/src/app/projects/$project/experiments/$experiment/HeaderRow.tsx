import { ArrowDown, ArrowUp, ChevronDown, ListFilter } from "lucide-react";
import { useState } from "react";

import { Menu, MenuItem, MenuSeparator } from "@/components/ui/Menu";
import type { RunRow } from "@/data/schema";
import { cx } from "@/lib/cx";
import { askedAs } from "@/lib/runColumns";
import { clausesFor } from "@/lib/runFilter";
import { t } from "@/texts";

import { headOf, isNumber } from "./cells";
import { ColumnFilter } from "./ColumnFilter";

interface Props {
  template: string;
  least: number;
  columns: string[];
  q: string;
  sorted: { column: string; descending: boolean } | null;
  /** Rows that are there: what "all" means. */
  shown: RunRow[];
  selected: Set<string>;
  onSelect: (runs: string[], on: boolean) => void;
  onSort: (sort: string | undefined) => void;
  onFilter: (q: string) => void;
  onHide: (column: string) => void;
}

export function HeaderRow(props: Props) {
  const { template, least, columns, shown, selected, onSelect } = props;
  const all = shown.length > 0 && shown.every((run) => selected.has(run.id));
  const pinned = "flex h-full items-center justify-center bg-surface md:sticky";
  return (
    <div role="rowgroup" className="sticky top-0 z-10 bg-surface" style={{ minWidth: least }}>
      <div role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }} className="grid h-9 items-center border-b border-line text-sm text-muted pointer-coarse:h-11">
        <div role="columnheader" className={cx(pinned, "left-0 z-1")}>
          <input type="checkbox" checked={all} onChange={(event) => onSelect(shown.map((run) => run.id), event.target.checked)} aria-label={t.experiments.selectShown} title={t.experiments.selectShown} className="size-4 accent-accent pointer-coarse:size-6" />
        </div>
        <div role="columnheader" className={cx(pinned, "left-10 z-1")}><Head {...props} column="status" hidden /></div>
        <div role="columnheader" aria-sort={direction(props, "name")} className="sticky left-0 z-1 h-full border-r border-line bg-surface md:left-20"><Head {...props} column="name" /></div>
        {columns.map((column) => (
          <div key={column} role="columnheader" aria-sort={direction(props, column)} className="h-full min-w-0"><Head {...props} column={column} /></div>
        ))}
      </div>
    </div>
  );
}

function direction({ sorted }: Props, column: string) {
  if (sorted?.column !== column) return undefined;
  return sorted.descending ? "descending" : "ascending";
}

/** A column's name, which opens what can be done with it. */
function Head({ column, hidden, columns, q, sorted, onSort, onFilter, onHide }: Props & { column: string; hidden?: boolean }) {
  const [filters, setFilters] = useState(false);
  const asked = askedAs(column);
  const isSorted = sorted?.column === column;
  const Arrow = sorted?.descending ? ArrowDown : ArrowUp;
  const isFiltered = asked !== null && clausesFor(q, asked).length > 0;
  const label = headOf(column);
  return (
    <>
      <Menu
        trigger={
          <button type="button" title={label} aria-label={label} className={cx("flex h-full w-full min-w-0 items-center gap-1 font-medium hover:bg-hover hover:text-text", hidden ? "justify-center" : "px-3", isNumber(column) && "justify-end")}>
            {!hidden && <span className="truncate">{label}</span>}
            {isSorted && <Arrow size={12} aria-hidden className="shrink-0" />}
            {isFiltered && <ListFilter size={12} aria-hidden className="shrink-0 text-accent" />}
            {hidden && !isFiltered && <ChevronDown size={12} aria-hidden />}
          </button>
        }
      >
        {asked !== null && (
          <>
            <MenuItem onClick={() => onSort(`${column} ASC`)}>{t.experiments.ascending}</MenuItem>
            <MenuItem onClick={() => onSort(`${column} DESC`)}>{t.experiments.descending}</MenuItem>
            {isSorted && <MenuItem onClick={() => onSort(undefined)}>{t.experiments.unsort}</MenuItem>}
            <MenuItem onClick={() => setFilters(true)}>{t.experiments.filterColumn}</MenuItem>
          </>
        )}
        {columns.includes(column) && (
          <>
            {asked !== null && <MenuSeparator />}
            <MenuItem onClick={() => onHide(column)}>{t.experiments.hide}</MenuItem>
          </>
        )}
      </Menu>
      {asked !== null && <ColumnFilter open={filters} onOpenChange={setFilters} label={label} column={asked} q={q} onFilter={onFilter} />}
    </>
  );
}

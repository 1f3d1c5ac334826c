import { ArrowDown, ArrowUp, ChevronDown, ListFilter } from "lucide-react";
import { memo, useState } from "react";

import { Menu, MenuItem, MenuSeparator } from "@/components/ui/Menu";
import { cx } from "@/lib/cx";
import { nameOfPlace } from "@/lib/grid";
import { askedAs, sortOf } from "@/lib/runColumns";
import { clausesFor } from "@/lib/runFilter";
import { t } from "@/texts";

import { headOf, isNumber } from "./cells";
import { ColumnFilter } from "./ColumnFilter";
import { type Frame, PINNED_TEMPLATE } from "./frame";

interface Deeds {
  q: string;
  sort: string | undefined;
  onSort: (sort: string | undefined) => void;
  onFilter: (q: string) => void;
  onHide: (column: string) => void;
}

interface Props extends Deeds {
  frame: Frame;
  /** The column that the keyboard is at; -1: it is in no header. */
  at: number;
  /** Whether every row that is there is selected. */
  isAll: boolean;
  onAll: (on: boolean) => void;
}

const FOCUS = "focus-visible:outline-2 focus-visible:-outline-offset-2 focus-visible:outline-accent";

export const HeaderRow = memo(function HeaderRow({ frame, at, isAll, onAll, ...deeds }: Props) {
  const cell = (index: number) => ({
    role: "columnheader",
    "aria-colindex": index + 1,
    "data-cell": nameOfPlace({ row: 0, column: index }),
    tabIndex: at === index ? 0 : -1,
  });
  return (
    <div role="rowgroup" className="sticky top-0 z-10 bg-surface" style={{ minWidth: frame.least }}>
      <div role="row" aria-rowindex={1} style={{ gridTemplateColumns: frame.template }} className="grid h-9 items-center border-b border-line text-sm text-muted pointer-coarse:h-11">
        <div role="presentation" style={{ gridTemplateColumns: PINNED_TEMPLATE }} className="sticky -left-20 z-1 grid h-full items-stretch bg-surface md:left-0">
          <div {...cell(0)} className={cx("flex items-center justify-center", FOCUS)}>
            <input type="checkbox" tabIndex={-1} checked={isAll} onChange={(event) => onAll(event.target.checked)} aria-label={t.experiments.selectShown} title={t.experiments.selectShown} className="size-4 accent-accent pointer-coarse:size-6" />
          </div>
          <div {...cell(1)} aria-sort={direction(deeds.sort, "status")} className={FOCUS}><Head {...deeds} column="status" hidden /></div>
          <div {...cell(2)} aria-sort={direction(deeds.sort, "name")} className={cx("min-w-0 border-r border-line", FOCUS)}><Head {...deeds} column="name" /></div>
        </div>
        {frame.shown.map(({ column, index, track }) => (
          <div key={column} {...cell(index)} aria-sort={direction(deeds.sort, column)} style={{ gridColumnStart: track }} className={cx("h-full min-w-0", FOCUS)}><Head {...deeds} column={column} hides /></div>
        ))}
      </div>
    </div>
  );
});

function direction(sort: string | undefined, column: string) {
  const sorted = sortOf(sort);
  if (sorted?.column !== column) return undefined;
  return sorted.descending ? "descending" : "ascending";
}

/** A column's name, which opens what can be done with it. */
function Head({ column, hidden, hides, q, sort, onSort, onFilter, onHide }: Deeds & { column: string; hidden?: boolean; hides?: boolean }) {
  const [filters, setFilters] = useState(false);
  const asked = askedAs(column);
  const sorted = direction(sort, column);
  const Arrow = sorted === "descending" ? ArrowDown : ArrowUp;
  const isFiltered = asked !== null && clausesFor(q, asked).length > 0;
  const label = headOf(column);
  return (
    <>
      <Menu
        trigger={
          <button type="button" tabIndex={-1} title={label} aria-label={label} className={cx("flex h-full w-full min-w-0 items-center gap-1 font-medium hover:bg-hover hover:text-text", hidden ? "justify-center" : "px-3", isNumber(column) && "justify-end")}>
            {!hidden && <span className="truncate">{label}</span>}
            {sorted && <Arrow size={12} aria-hidden className="shrink-0" />}
            {isFiltered && <ListFilter size={12} aria-hidden className="shrink-0 text-accent" />}
            {hidden && !isFiltered && <ChevronDown size={12} aria-hidden />}
          </button>
        }
      >
        {asked !== null && (
          <>
            <MenuItem onClick={() => onSort(`${column} ASC`)}>{t.experiments.ascending}</MenuItem>
            <MenuItem onClick={() => onSort(`${column} DESC`)}>{t.experiments.descending}</MenuItem>
            {sorted && <MenuItem onClick={() => onSort(undefined)}>{t.experiments.unsort}</MenuItem>}
            <MenuItem aria-haspopup="dialog" onClick={() => setFilters(true)}>{t.experiments.filterColumn}</MenuItem>
          </>
        )}
        {hides && (
          <>
            {asked !== null && <MenuSeparator />}
            <MenuItem onClick={() => onHide(column)}>{t.experiments.hide}</MenuItem>
          </>
        )}
      </Menu>
      {filters && asked !== null && <ColumnFilter open onOpenChange={setFilters} label={label} column={asked} q={q} onFilter={onFilter} />}
    </>
  );
}

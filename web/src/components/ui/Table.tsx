import type { ReactNode } from "react";

import { cx } from "@/lib/cx";

export interface Column<T> {
  head: string;
  cell: (row: T) => ReactNode;
  /** Numbers stand right. */
  numeric?: boolean;
  /** Hidden on narrow screens. */
  wide?: boolean;
}

interface Props<T> {
  label: string;
  rows: T[];
  columns: Column<T>[];
  rowKey: (row: T) => string;
}

/** A table of up to some hundreds of rows; what is longer is virtual and has its own component. */
export function Table<T>({ label, rows, columns, rowKey }: Props<T>) {
  const side = (column: Column<T>) => cx(column.numeric && "text-right tabular-nums", column.wide && "hidden md:table-cell");
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-surface">
      <table aria-label={label} className="w-full border-collapse text-left">
        <thead>
          <tr className="border-b border-line text-sm text-muted">
            {columns.map((column) => <th key={column.head} scope="col" className={cx("h-9 px-3 font-medium whitespace-nowrap", side(column))}>{column.head}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className="border-b border-line last:border-0 hover:bg-hover">
              {columns.map((column) => <td key={column.head} className={cx("h-9 px-3 py-1.5", side(column))}>{column.cell(row)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

import { useState } from "react";

import { formatDate } from "@/lib/format";
import { t } from "@/texts";

import type { ChartSpec } from "./types";

/** The chart's numbers to be read, aloud too; made when it is opened. */
export function DataTable({ spec }: { spec: ChartSpec }) {
  const [open, setOpen] = useState(false);
  const series = spec.series.filter((each) => !each.faint);
  return (
    <details className="mt-1 text-sm" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="w-fit py-0.5 text-muted hover:text-text">{t.chart.table}</summary>
      {open && (
        <div tabIndex={0} role="region" aria-label={spec.name} className="mt-1 max-h-64 overflow-auto rounded-md border border-line">
          <table className="w-full text-right tabular-nums">
            <caption className="sr-only">{spec.name}</caption>
            <thead>
              <tr className="border-b border-line text-muted">
                <th scope="col" className="px-3 py-1 text-left font-medium">{spec.xName}</th>
                {series.map((each) => <th key={each.name} scope="col" className="px-3 py-1 font-medium">{each.name}</th>)}
              </tr>
            </thead>
            <tbody>
              {spec.x.map((x, row) => (
                <tr key={x} className="border-b border-line last:border-0">
                  <th scope="row" className="px-3 py-1 text-left font-normal whitespace-nowrap">{spec.time ? formatDate(new Date(x * 1000).toISOString()) : x}</th>
                  {series.map((each) => <td key={each.name} className="px-3 py-1">{shown(each.values[row], spec.format)}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}

const shown = (value: number | null | undefined, format: (value: number) => string): string =>
  value === null || value === undefined ? "–" : format(value);

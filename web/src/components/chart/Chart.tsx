import { lazy, Suspense, useState } from "react";

import { cx } from "@/lib/cx";
import { formatDate } from "@/lib/format";
import { t } from "@/texts";

import { ChartSkeleton } from "./ChartSkeleton";
import { DataTable } from "./DataTable";
import { type ChartSpec, colourOf, isDashed } from "./types";

const Plot = lazy(() => import("./Plot"));

interface Props {
  spec: ChartSpec;
  height?: number;
  syncKey?: string;
  onZoom?: (range: [number, number] | null) => void;
}

/** Lines or bars over x, with a legend that tells the values under the pointer, and the numbers as a table. */
export function Chart({ spec, height = 200, syncKey, onZoom }: Props) {
  const [at, setAt] = useState<number | null>(null);
  const x = at === null ? undefined : spec.x[at];
  return (
    <figure aria-label={spec.name} className="min-w-0">
      <figcaption className="mb-1 flex min-h-6 flex-wrap items-center gap-x-4 gap-y-1 text-sm">
        {spec.series.map((each, index) => {
          if (each.faint) return null;
          const value = at === null ? undefined : each.values[at];
          return (
            <span key={each.name} className="inline-flex items-center gap-1.5">
              <span
                aria-hidden
                className={cx("w-3 border-t-2", isDashed(each, index) && "border-dashed")}
                style={{ borderColor: `var(--chart-${colourOf(each, index) + 1})` }}
              />
              {each.name}
              {x !== undefined && <b className="font-semibold tabular-nums">{value === null || value === undefined ? "–" : spec.format(value)}</b>}
            </span>
          );
        })}
        {x !== undefined && <span className="ml-auto text-muted tabular-nums">{spec.time ? formatDate(new Date(x * 1000).toISOString()) : `${spec.xName} ${x}`}</span>}
      </figcaption>
      <Suspense fallback={<ChartSkeleton height={height} />}>
        <div role="img" aria-label={t.chart.image(spec.name)}>
          <Plot spec={spec} height={height} syncKey={syncKey} onCursor={setAt} onZoom={onZoom} />
        </div>
      </Suspense>
      <DataTable spec={spec} />
    </figure>
  );
}

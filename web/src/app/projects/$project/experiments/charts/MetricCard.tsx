import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef } from "react";

import { Chart } from "@/components/chart/Chart";
import { ChartSkeleton } from "@/components/chart/ChartSkeleton";
import { Loaded } from "@/components/ui/Loaded";
import { seriesQuery } from "@/data/runs";
import type { SeriesQuestion } from "@/data/schema";
import { t } from "@/texts";

import { chartSpec, type Look, oddCount } from "./spec";
import { useNear } from "./useNear";

const BUCKETS = 600;
const TALL = 200;

interface Props {
  project: string;
  metric: string;
  runs: { id: string; name: string }[];
  look: Look;
  onZoom: (range: [number, number] | null) => void;
}

/** One metric; asked for when it comes near, and anew, more finely, when a part is chosen. */
export function MetricCard({ project, metric, runs, look, onZoom }: Props) {
  const host = useRef<HTMLLIElement>(null);
  const near = useNear(host);
  const scale = look.time ? 1000 : 1;
  const asked: SeriesQuestion = {
    series: runs.map((run) => ({ run: run.id, key: metric })),
    x: look.time ? "time" : "step",
    buckets: BUCKETS,
    ...(look.range ? { x_from: look.range[0] * scale, x_to: look.range[1] * scale } : {}),
  };
  const query = useQuery({ ...seriesQuery(project, asked), enabled: near });
  const series = query.data;
  const spec = useMemo(() => series && chartSpec(metric, series.filter((each) => each.x.length > 0), runs, look), [series, metric, runs, look]);
  const odd = series ? oddCount(series) : 0;
  return (
    <li ref={host} className="min-w-0 lg:only:col-span-full rounded-lg border border-line bg-surface p-3">
      <h3 className="mb-1 font-medium break-all">{metric}</h3>
      <Loaded query={query} skeleton={<ChartSkeleton height={TALL + 52} waits={near} />}>
        {() => (
          <>
            {spec && (spec.x.length > 0 ? <Chart spec={spec} height={TALL} syncKey="metrics" onZoom={onZoom} /> : <p style={{ minHeight: TALL }} className="text-muted">{t.experiments.noPoints}</p>)}
            {odd > 0 && <p className="text-sm text-bad">▲ {t.experiments.odd(odd)}</p>}
          </>
        )}
      </Loaded>
    </li>
  );
}

import { useMemo, useState } from "react";

import { Button } from "@/components/ui/Button";
import { Empty } from "@/components/ui/Empty";
import { FilterInput } from "@/components/ui/FilterInput";
import { sectionsOf } from "@/lib/sections";
import { t } from "@/texts";

import type { ChartSearch } from "../routes";
import { MetricCard } from "./MetricCard";
import type { Look } from "./spec";

interface Props {
  project: string;
  runs: { id: string; name: string }[];
  metrics: string[];
  search: ChartSearch;
  onSearch: (next: ChartSearch) => void;
}

function Settings({ search, onSearch }: Pick<Props, "search" | "onSearch">) {
  const box = "inline-flex min-h-9 items-center gap-2";
  return (
    <>
      <label className={box}>
        <input type="checkbox" checked={search.x === "time"} onChange={(event) => onSearch({ ...search, x: event.target.checked ? "time" : undefined })} className="size-4 accent-accent" />
        {t.experiments.overTime}
      </label>
      <label className={box}>
        <input type="checkbox" checked={search.log ?? false} onChange={(event) => onSearch({ ...search, log: event.target.checked || undefined })} className="size-4 accent-accent" />
        {t.experiments.log}
      </label>
      <label className={box}>
        {t.experiments.smoothing}
        <input type="range" min={0} max={0.99} step={0.01} value={search.smooth ?? 0} onChange={(event) => onSearch({ ...search, smooth: Number(event.target.value) || undefined })} className="h-6 w-28 accent-accent" />
        <span className="w-8 text-sm text-muted tabular-nums">{(search.smooth ?? 0).toFixed(2)}</span>
      </label>
    </>
  );
}

/** A chart for each metric, in sections by the first part of their names; they zoom together. */
export function Charts({ project, runs, metrics, search, onSearch }: Props) {
  const [range, setRange] = useState<[number, number] | null>(null);
  const { x, log = false, smooth = 0, metric = "" } = search;
  const look = useMemo((): Look => ({ time: x === "time", log, smooth, range }), [x, log, smooth, range]);
  if (metrics.length === 0) return <Empty>{t.experiments.noMetrics}</Empty>;
  const change = (next: ChartSearch) => {
    if (next.x !== x) setRange(null);
    onSearch(next);
  };
  const sections = sectionsOf(metrics.filter((each) => each.toLowerCase().includes(metric.toLowerCase())));
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-x-5 gap-y-1">
        <FilterInput label={t.experiments.findMetric} value={metric} onChange={(next) => onSearch({ ...search, metric: next || undefined })} className="mb-0! max-w-56!" />
        <Settings search={search} onSearch={change} />
        {range === null ? <span className="text-sm text-muted">{t.experiments.zoomHint}</span> : <Button onClick={() => setRange(null)}>{t.experiments.wholeRange}</Button>}
      </div>
      {sections.length === 0 && <p className="text-muted">{t.common.noHits}</p>}
      {sections.map((section) => (
        <details key={section.name} open className="mb-4">
          <summary className="mb-2 inline-flex min-h-8 items-center text-lg font-semibold">{section.name || t.experiments.metrics} <span className="ml-2 text-sm font-normal text-muted tabular-nums">{section.metrics.length}</span></summary>
          <ul className="grid gap-4 lg:grid-cols-2">
            {section.metrics.map((each) => <MetricCard key={each} project={project} metric={each} runs={runs} look={look} onZoom={setRange} />)}
          </ul>
        </details>
      ))}
    </>
  );
}

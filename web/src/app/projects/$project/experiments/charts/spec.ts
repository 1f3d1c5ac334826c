// From series of the API to what a chart draws.
import type { ChartSpec, Series as Drawn } from "@/components/chart/types";
import type { Series } from "@/data/schema";
import { formatMetric } from "@/lib/format";
import { smooth, together } from "@/lib/smooth";
import { t } from "@/texts";

export interface Look {
  time: boolean;
  log: boolean;
  /** 0 to 1; 0 draws what was logged. */
  smooth: number;
  range: [number, number] | null;
}

interface Named {
  id: string;
  name: string;
}

type Values = (number | null)[];
const above = (values: Values, log: boolean): Values => (log ? values.map((value) => (value !== null && value > 0 ? value : null)) : values);

/** What the run is called; with the beginning of its id where another is called alike. */
function nameOf(id: string, runs: Named[]): string {
  const name = runs.find((run) => run.id === id)?.name ?? "";
  const isAlone = runs.filter((run) => run.name === name).length < 2;
  return name !== "" && isAlone ? name : `${name} ${id.slice(0, 6)}`.trim();
}

/** Lines of one metric: one per run, smoothed over a faint raw line, else with the spread of each bucket. */
export function chartSpec(metric: string, series: Series[], runs: Named[], look: Look): ChartSpec {
  const scale = look.time ? 1000 : 1;
  const lists = series.map((each) => ({
    x: each.x,
    lists: [each.last, look.smooth > 0 ? smooth(each.last, look.smooth) : [], each.exact ? [] : each.min, each.exact ? [] : each.max].map((list) => above(list, look.log)),
  }));
  const merged = together(lists);
  const joined = series.length > 1;
  const drawn = series.flatMap((each, index): Drawn[] => {
    const [last = [], smoothed = [], low = [], high = []] = merged.lists[index] ?? [];
    const name = nameOf(each.run, runs);
    const own = { name, colour: index, joined };
    if (look.smooth > 0) return [{ ...own, values: last, faint: true }, { ...own, values: smoothed }];
    return [each.exact ? { ...own, values: last } : { ...own, values: last, band: { low, high } }];
  });
  const marks = series.flatMap((each) => each.odd.map((odd) => (each.x[odd.bucket] ?? 0) / scale));
  return {
    name: metric,
    xName: look.time ? t.experiments.time : t.experiments.step,
    x: merged.x.map((x) => x / scale),
    series: drawn,
    format: formatMetric,
    log: look.log,
    marks,
    ...(look.time ? { time: true } : {}),
    ...(look.range ? { range: look.range } : {}),
  };
}

/** How many points are no numbers. */
export const oddCount = (series: Series[]): number => series.reduce((sum, each) => sum + each.odd.reduce((all, odd) => all + odd.nan + odd.infinite, 0), 0);

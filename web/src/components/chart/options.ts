// From our words to uPlot's.
import uPlot from "uplot";

import { numberTick, timeTick } from "@/lib/axis";

import { type ChartSpec, COLOURS, colourOf, isDashed, type Series } from "./types";

// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- a const enum of another package is no value here
const LOGARITHMIC = 3 as uPlot.Scale.Distr;

export interface Palette {
  series: string[];
  text: string;
  bad: string;
  grid: string;
}

/** The theme's colours as they are now: a canvas knows no variables. */
export function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    series: Array.from({ length: COLOURS }, (_, index) => token(`--chart-${index + 1}`)),
    text: token("--muted"),
    bad: token("--bad"),
    grid: token("--line"),
  };
}

/** The columns: x, each series, and where it has a band its low and high behind it. */
export function columns(spec: ChartSpec): uPlot.AlignedData {
  return [spec.x, ...spec.series.flatMap((each) => [each.values, ...(each.band ? [each.band.low, each.band.high] : [])])];
}

/** The places of values between gaps, which no line would show. */
function lone(values: ArrayLike<number | null | undefined>): number[] {
  return Array.from({ length: values.length }, (_, place) => place).filter(
    (place) => values[place] != null && values[place - 1] == null && values[place + 1] == null,
  );
}

/** Where dots stand: at lone values; in a line drawn on over nulls only at the one it has. */
function dots(values: ArrayLike<number | null | undefined>, { joined, faint }: Series): number[] {
  const alone = faint ? [] : lone(values);
  return joined && alone.length > 1 ? [] : alone;
}

/** What makes it another chart instead of the same one with other data. */
export const shape = (spec: ChartSpec): string =>
  JSON.stringify([spec.time, spec.log, spec.series.map((each) => [each.name, each.bars, each.band !== undefined, each.colour, each.joined, each.faint])]);

function seriesOptions(each: Series, index: number, colours: Palette): uPlot.Series[] {
  const stroke = colours.series[colourOf(each, index)] ?? colours.text;
  const own: uPlot.Series = {
    label: each.name,
    stroke: each.faint ? `${stroke}55` : stroke,
    width: each.faint ? 1 : 1.5,
    spanGaps: each.joined ?? false,
    points: { show: true, size: 5, fill: stroke, filter: (plot, column, shows) => (shows ? dots(plot.data[column] ?? [], each) : null) },
    ...(isDashed(each, index) ? { dash: [6, 4] } : {}),
    ...(each.bars && uPlot.paths.bars ? { fill: stroke, width: 0, points: { show: false }, paths: uPlot.paths.bars({ size: [0.7, 24] }) } : {}),
  };
  const edge: uPlot.Series = { stroke: "transparent", points: { show: false }, spanGaps: each.joined ?? false };
  return each.band ? [own, edge, edge] : [own];
}

function bandOptions(spec: ChartSpec, colours: Palette): uPlot.Band[] {
  let column = 0;
  return spec.series.flatMap((each, index) => {
    column += 1;
    if (!each.band) return [];
    column += 2;
    return [{ series: [column, column - 1] as [number, number], fill: `${colours.series[colourOf(each, index)] ?? colours.text}33` }];
  });
}

function axes(spec: ChartSpec, colours: Palette): uPlot.Axis[] {
  const both = {
    stroke: colours.text,
    font: "12px 'Inter Variable', system-ui, sans-serif",
    grid: { stroke: colours.grid, width: 1 },
    ticks: { show: false },
  };
  const span = (plot: uPlot) => (plot.scales.x?.max ?? 0) - (plot.scales.x?.min ?? 0);
  return [
    {
      ...both,
      space: 72,
      size: 28,
      grid: { show: false },
      values: (plot, ticks) => ticks.map((tick) => (spec.time ? timeTick(tick, span(plot)) : numberTick(tick))),
    },
    {
      ...both,
      values: (_, ticks) => ticks.map((tick: number | null) => (tick === null ? "" : numberTick(tick))),
      size: (_, labels: string[] | null) => 14 + 7.5 * Math.max(2, ...(labels ?? []).map((label) => label.length)),
    },
  ];
}

/** Bars and counts stand on zero; a line takes the room it needs. */
function yScale(spec: ChartSpec): uPlot.Scale {
  if (spec.log) return { distr: LOGARITHMIC };
  const grounded = spec.series.some((each) => each.bars);
  return grounded ? { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } : {};
}

/** Small triangles at the foot of the plot, where something is no number. */
export function drawMarks(plot: uPlot, marks: readonly number[], colour: string): void {
  const { ctx, bbox } = plot;
  const size = 5 * devicePixelRatio;
  ctx.save();
  ctx.fillStyle = colour;
  for (const mark of marks) {
    const x = plot.valToPos(mark, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    const y = bbox.top + bbox.height;
    ctx.beginPath();
    ctx.moveTo(x, y - size * 2);
    ctx.lineTo(x - size, y);
    ctx.lineTo(x + size, y);
    ctx.fill();
  }
  ctx.restore();
}

/** All that uPlot is told, but for size and hooks. */
export function options(spec: ChartSpec, colours: Palette): Omit<uPlot.Options, "width" | "height"> {
  return {
    legend: { show: false },
    scales: { x: { time: spec.time ?? false }, y: yScale(spec) },
    series: [{}, ...spec.series.flatMap((each, index) => seriesOptions(each, index, colours))],
    bands: bandOptions(spec, colours),
    axes: axes(spec, colours),
    padding: [8, 8, 0, 0],
  };
}

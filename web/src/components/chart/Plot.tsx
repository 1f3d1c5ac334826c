import "uplot/dist/uPlot.min.css";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import uPlot from "uplot";

import { columns, drawMarks, options, palette, shape } from "./options";
import type { ChartSpec } from "./types";

export interface PlotProps {
  spec: ChartSpec;
  height: number;
  /** Charts with the same key share their cursor. */
  syncKey?: string;
  /** Told which x the pointer is at, by its place; null when it left. */
  onCursor: (index: number | null) => void;
  /** A part of x was chosen by dragging; null: all of it again (double click). */
  onZoom?: (range: [number, number] | null) => void;
}

/** Counts up when the reader takes another theme. */
function useThemeCount(): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const watcher = new MutationObserver(() => setCount((old) => old + 1));
    watcher.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => watcher.disconnect();
  }, []);
  return count;
}

/** The canvas; a chunk of its own, loaded by `Chart`. */
export default function Plot({ spec, height, syncKey, onCursor, onZoom }: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = useThemeCount();
  const form = shape(spec);
  const zooms = onZoom !== undefined;
  const cursor = useEffectEvent((index: number | null) => onCursor(index));
  const zoom = useEffectEvent((range: [number, number] | null) => onZoom?.(range));
  const marked = useEffectEvent((made: uPlot, colour: string) => drawMarks(made, spec.marks ?? [], colour));
  const selected = useEffectEvent((made: uPlot) => {
    const { left, width } = made.select;
    if (width < 4) return;
    zoom([made.posToVal(left, "x"), made.posToVal(left + width, "x")]);
    made.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  });
  const create = useEffectEvent((place: HTMLDivElement): uPlot => {
    const wholeAgain = () => {
      zoom(null);
      return null;
    };
    const drag = { x: zooms, y: false, setScale: false };
    const colours = palette();
    return new uPlot(
      {
        ...options(spec, colours),
        width: Math.max(place.clientWidth, 100),
        height,
        cursor: { y: false, drag, ...(syncKey === undefined ? {} : { sync: { key: syncKey } }), bind: { dblclick: () => wholeAgain } },
        hooks: { draw: [(made) => marked(made, colours.bad)], setCursor: [(made) => cursor(made.cursor.idx ?? null)], setSelect: [(made) => selected(made)] },
      },
      columns(spec),
      place,
    );
  });
  const show = useEffectEvent((made: uPlot) => {
    made.setData(columns(spec));
    if (spec.range) made.setScale("x", { min: spec.range[0], max: spec.range[1] });
  });
  useEffect(() => {
    const place = host.current;
    if (place === null) return;
    const made = create(place);
    plot.current = made;
    show(made);
    const watcher = new ResizeObserver(() => made.setSize({ width: Math.max(place.clientWidth, 100), height }));
    watcher.observe(place);
    return () => {
      watcher.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [form, theme, height, syncKey, zooms]);
  useEffect(() => {
    if (plot.current) show(plot.current);
  }, [spec]);
  return <div ref={host} style={{ height }} className="min-w-0 overflow-hidden" />;
}

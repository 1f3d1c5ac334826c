// What a chart is made of.
export interface Series {
  name: string;
  /** One per x; null is a gap. */
  values: (number | null)[];
  /** The spread around it, drawn as a band. */
  band?: { low: (number | null)[]; high: (number | null)[] };
  bars?: boolean;
  /** Drawn on over nulls: another series has a value there, this one lacks nothing. */
  joined?: boolean;
  /** The background of another series: pale, and not in legend and table. */
  faint?: boolean;
  /** Which of the six chart colours, from 0; its place in the list unless given. */
  colour?: number;
}

export interface ChartSpec {
  /** Says what is shown, to those who do not see it too. */
  name: string;
  /** What stands along x, for the head of the table. */
  xName: string;
  /** Ascending; seconds since the epoch where `time`. */
  x: number[];
  time?: boolean;
  series: Series[];
  /** Values in the legend and the table. */
  format: (value: number) => string;
  /** y by powers of ten. */
  log?: boolean;
  /** Where along x something is no number; marked at the foot. */
  marks?: number[];
  /** The part of x that is shown; all of it unless given. */
  range?: [number, number];
}

/** How many colours there are; series beyond are dashed in the same order. */
export const COLOURS = 6;

export const colourOf = (series: Series, index: number): number => (series.colour ?? index) % COLOURS;
export const isDashed = (series: Series, index: number): boolean => (series.colour ?? index) >= COLOURS;

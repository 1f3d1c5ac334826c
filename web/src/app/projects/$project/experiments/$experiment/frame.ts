// What the header and all rows of the grid of runs have in common: which columns are there, and where.

/** Columns that are always there: the box, the state, the name. */
export const PINNED = 3;

/** Their widths together; the name takes what is left. */
export const PINNED_PX = 300;

export const PINNED_TEMPLATE = "2.5rem 2.5rem minmax(0, 1fr)";

export interface Lane {
  column: string;
  /** Among all cells of a row. */
  index: number;
  /** CSS grid track. */
  track: number;
}

export interface Frame {
  template: string;
  least: number;
  /** The columns behind the pinned ones that are near the view. */
  shown: Lane[];
}

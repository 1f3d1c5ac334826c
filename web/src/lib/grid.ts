// A grid's cells by number, as WAI-ARIA's pattern has it: row 0 is the header, column 0 the first.
// https://www.w3.org/WAI/ARIA/apg/patterns/grid/

export interface Place {
  row: number;
  column: number;
}

export interface Size {
  /** With the header. */
  rows: number;
  columns: number;
  /** Rows that are seen at once. */
  page: number;
}

/** Where a key leads; null: it is none of the grid's. A page up ends at the first row, not in the header. */
export function moved(key: string, far: boolean, from: Place, size: Size): Place | null {
  const last: Place = { row: size.rows - 1, column: size.columns - 1 };
  const by = (rows: number, columns: number, least = 0): Place => ({
    row: Math.max(least, Math.min(last.row, from.row + rows)),
    column: Math.max(0, Math.min(last.column, from.column + columns)),
  });
  switch (key) {
    case "Home":
      return { row: far ? 0 : from.row, column: 0 };
    case "End":
      return { row: far ? last.row : from.row, column: last.column };
  }
  if (far) return null;
  switch (key) {
    case "ArrowDown":
      return by(1, 0);
    case "ArrowUp":
      return by(-1, 0);
    case "ArrowRight":
      return by(0, 1);
    case "ArrowLeft":
      return by(0, -1);
    case "PageDown":
      return by(size.page, 0);
    case "PageUp":
      return by(-size.page, 0, Math.min(1, from.row));
    default:
      return null;
  }
}

/** How a cell is named in the page, and read back from there. */
export const nameOfPlace = (place: Place): string => `${place.row}:${place.column}`;

export function placeOf(name: string | undefined): Place | null {
  const found = /^(\d+):(\d+)$/.exec(name ?? "");
  return found ? { row: Number(found[1]), column: Number(found[2]) } : null;
}

/** The indexes from `from` to `to` that are there, and `also`, in order. */
export function spanWith(from: number, to: number, also: number, count: number): number[] {
  const found = new Set<number>();
  for (let index = Math.max(0, from); index <= Math.min(count - 1, to); index += 1) found.add(index);
  if (also >= 0 && also < count) found.add(also);
  return [...found].sort((one, other) => one - other);
}

export interface Lanes {
  /** CSS tracks, for which what is left out leaves its room. */
  template: string;
  /** The track of each shown column, counted from 1. */
  tracks: number[];
}

/** The tracks of a row of which only some columns are there. */
export function lanes(widths: readonly number[], shown: readonly number[]): Lanes {
  const sizes: number[] = [];
  const tracks: number[] = [];
  let next = 0;
  const room = (to: number) => widths.slice(next, to).reduce((sum, width) => sum + width, 0);
  for (const index of shown) {
    const gap = room(index);
    if (gap > 0) sizes.push(gap);
    sizes.push(widths[index] ?? 0);
    tracks.push(sizes.length);
    next = index + 1;
  }
  const rest = room(widths.length);
  if (rest > 0) sizes.push(rest);
  return { template: sizes.map((size) => `${size}px`).join(" "), tracks };
}

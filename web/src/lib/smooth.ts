// Lines of several runs over one x axis, and smoothed.

/** Debiased exponential moving average; gaps stay gaps and do not count. */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  let sum = 0;
  let bias = 0;
  return values.map((value) => {
    if (value === null) return null;
    sum = sum * weight + value * (1 - weight);
    bias = bias * weight + (1 - weight);
    return sum / bias;
  });
}

export interface Line {
  x: readonly number[];
  /** Lists as long as `x`. */
  lists: readonly (readonly (number | null)[])[];
}

/** All x of all lines, ascending, and each line's lists over them; null where a line has none. */
export function together(lines: readonly Line[]): { x: number[]; lists: (number | null)[][][] } {
  const x = [...new Set(lines.flatMap((line) => line.x))].sort((a, b) => a - b);
  const lists = lines.map((line) => {
    const place = new Map(line.x.map((each, index) => [each, index]));
    return line.lists.map((list) =>
      x.map((each) => {
        const index = place.get(each);
        return index === undefined ? null : (list[index] ?? null);
      }),
    );
  });
  return { x, lists };
}

// How a preview's columns are shown, by their types in the lab's words.
import { formatMetric } from "./format";

const NUMBERS = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*)$/;

export const isNumeric = (type: string): boolean => NUMBERS.test(type);

/** An end of a column's range, short enough for its head and never wrong in its size. */
export function shortValue(value: string, type: string): string {
  if (isNumeric(type)) return Number.isFinite(Number(value)) ? formatMetric(Number(value)) : value;
  return value.slice(0, 10); // of a time, its day
}

/** A part of a whole as whole per cent; what is little is not nothing. */
export function shareOf(part: number, whole: number): string {
  if (whole === 0) return "0 %";
  const share = (part / whole) * 100;
  if (share > 0 && share < 1) return "< 1 %";
  if (share > 99 && share < 100) return "> 99 %";
  return `${Math.round(share)} %`;
}

// How far a value is from another.
import { formatMetric } from "./format";

/** "+0.02 (+4 %)"; null where there is nothing to tell. */
export function deltaOf(value: number, origin: number): string | null {
  const difference = value - origin;
  if (!Number.isFinite(difference)) return null;
  const sign = difference > 0 ? "+" : difference < 0 ? "−" : "±";
  const part = origin === 0 ? "" : ` (${sign}${Number(Math.abs((100 * difference) / origin).toPrecision(3))} %)`;
  return `${sign}${formatMetric(Math.abs(difference))}${part}`;
}

// Numbers, sizes and times as people read them, in their own language.
const language = navigator.language;
const numbers = new Intl.NumberFormat(language);
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
const dates = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });

const SIZES = ["B", "kB", "MB", "GB", "TB", "PB"];
const SPANS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000], ["month", 2_592_000], ["day", 86_400], ["hour", 3_600], ["minute", 60],
];

export const formatNumber = (value: number): string => numbers.format(value);

/** A metric's value: short, but never wrong in its first digits. */
export function formatMetric(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(3);
  return Number(value.toPrecision(5)).toString();
}

/** Bytes in decimal units. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < SIZES.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${SIZES[unit] ?? ""}`;
}

/** "3 min ago", seen from `now` (both in ms since the epoch). */
export function formatAgo(then: number, now: number): string {
  const seconds = Math.round((then - now) / 1000);
  for (const [unit, length] of SPANS) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return Math.abs(seconds) < 10 ? relative.format(0, "second") : relative.format(seconds, "second");
}

export const formatDate = (iso: string): string => dates.format(new Date(iso));

/** A duration in seconds as "1 h 2 min", "42 s", "0.3 s". */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

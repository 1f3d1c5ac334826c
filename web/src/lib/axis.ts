// Ticks of a chart's axes as short text.
const minutes = new Intl.DateTimeFormat(navigator.language, { hour: "2-digit", minute: "2-digit" });
const seconds = new Intl.DateTimeFormat(navigator.language, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const days = new Intl.DateTimeFormat(navigator.language, { month: "short", day: "numeric" });

/** A time in seconds since the epoch, as exact as an axis that spans `span` seconds needs it. */
export function timeTick(at: number, span: number): string {
  const date = new Date(at * 1000);
  if (span > 2 * 86_400) return days.format(date);
  return (span < 300 ? seconds : minutes).format(date);
}

/** Numbers with thousands as k, M, G: at most six characters. */
export function numberTick(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && size < 1e-3) return value.toExponential(0);
  for (const [unit, factor] of [["G", 1e9], ["M", 1e6], ["k", 1e3]] as const) {
    if (size >= factor) return `${Number((value / factor).toPrecision(3))}${unit}`;
  }
  return String(Number(value.toPrecision(3)));
}

import { useSyncExternalStore } from "react";

import { formatAgo, formatDate, formatDuration } from "@/lib/format";
import { ticksOf } from "@/lib/ticks";

/** The time now, told again every `everyMs`. */
export function useNow(everyMs: number): number {
  const { subscribe, read } = ticksOf(everyMs);
  return useSyncExternalStore(subscribe, read);
}

/** "3 min ago", with the whole date as its title. */
export function Ago({ at }: { at: string | null | undefined }) {
  const now = useNow(30_000);
  if (!at) return <span className="text-muted">–</span>;
  return <time dateTime={at} title={formatDate(at)} className="whitespace-nowrap">{formatAgo(Date.parse(at), Math.max(now, Date.parse(at)))}</time>;
}

/** How long from `from` to `to`, or until now. */
export function Duration({ from, to }: { from: string | null | undefined; to?: string | null | undefined }) {
  if (!from) return <span className="text-muted">–</span>;
  return to ? <Span from={from} end={Date.parse(to)} /> : <Running from={from} />;
}

function Running({ from }: { from: string }) {
  return <Span from={from} end={useNow(1000)} />;
}

function Span({ from, end }: { from: string; end: number }) {
  return <span className="whitespace-nowrap tabular-nums">{formatDuration(Math.max(0, (end - Date.parse(from)) / 1000))}</span>;
}

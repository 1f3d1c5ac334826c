import { useEffect, useState } from "react";

import { formatAgo, formatDate, formatDuration } from "@/lib/format";

/** The time now, told again every `everyMs`; null stands still. */
export function useNow(everyMs: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (everyMs === null) return;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** "3 min ago", with the whole date as its title. */
export function Ago({ at }: { at: string | null | undefined }) {
  const now = useNow(30_000);
  if (!at) return <span className="text-muted">–</span>;
  return <time dateTime={at} title={formatDate(at)} className="whitespace-nowrap">{formatAgo(Date.parse(at), Math.max(now, Date.parse(at)))}</time>;
}

/** How long from `from` to `to`, or until now. */
export function Duration({ from, to }: { from: string | null | undefined; to?: string | null | undefined }) {
  const now = useNow(to ? null : 1000);
  if (!from) return <span className="text-muted">–</span>;
  const end = to ? Date.parse(to) : now;
  return <span className="whitespace-nowrap tabular-nums">{formatDuration(Math.max(0, (end - Date.parse(from)) / 1000))}</span>;
}

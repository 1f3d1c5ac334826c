import "./log.css";

import { useEffect, useMemo, useSyncExternalStore } from "react";

import { ErrorPanel } from "@/components/ui/ErrorPanel";
import { cx } from "@/lib/cx";

import { LogFeed } from "./feed";
import { LogLines } from "./LogLines";
import type { LogSource } from "@/lib/log/source";

interface Props {
  /** Keep it the same while it is the same log (useMemo). */
  source: LogSource;
  /** The log's name for those who do not see it. */
  label: string;
  /** Whether the workload may still write. */
  isLive: boolean;
  /** A few lines beside other things, rather than the main part of a page. */
  isShort?: boolean;
}

/**
 * A log of any size: opens at its end, loads older lines on the way up, follows while one
 * stays at the end, and reads on where it was after a break.
 */
export function LogView({ source, label, isLive, isShort = false }: Props) {
  const feed = useMemo(() => new LogFeed(source), [source]);
  const snapshot = useSyncExternalStore(feed.subscribe, feed.get);
  useEffect(() => {
    // A tab that nobody sees keeps no connection: browsers have few per host.
    const turn = () => (document.hidden ? feed.close() : void feed.open());
    turn();
    document.addEventListener("visibilitychange", turn);
    return () => {
      document.removeEventListener("visibilitychange", turn);
      feed.close();
    };
  }, [feed]);
  useEffect(() => feed.setLive(isLive), [feed, isLive]);
  return (
    <div className={cx("relative flex flex-col overflow-hidden rounded-lg border border-line bg-surface", isShort ? "h-72" : "h-[max(24rem,calc(100dvh-22rem))]")}>
      {snapshot.state === "failed"
        ? <div className="p-3"><ErrorPanel error={snapshot.error} onRetry={() => void feed.open()} /></div>
        : <LogLines key={source.key} source={source} feed={feed} snapshot={snapshot} label={label} isLive={isLive} />}
    </div>
  );
}

import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

import { Button } from "@/components/ui/Button";
import { formatNumber } from "@/lib/format";
import { t } from "@/texts";

import { type LogFeed, MOST_LINES, type Snapshot } from "./feed";
import { LogBar } from "./LogBar";
import { LogRow } from "./LogRow";
import type { LogSource } from "@/lib/log/source";
import { useLogSearch } from "./useLogSearch";

const ROW = 20;
const NEAR_END = 32;
const NEAR_TOP = 1500;

interface Props {
  source: LogSource;
  feed: LogFeed;
  snapshot: Snapshot;
  label: string;
  isLive: boolean;
}

const lineOfHash = (): number | null => {
  const number = /^#L(\d{1,12})$/.exec(location.hash)?.[1];
  return number === undefined ? null : Number(number);
};

/** The lines themselves, as many as are in view, with the controls above. */
export function LogLines({ source, feed, snapshot, label, isLive }: Props) {
  const { first, count, state, hasOlder } = snapshot;
  const scroller = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [wrap, setWrap] = useState(false);
  const [text, setText] = useState("");
  const [hit, setHit] = useState<number | null>(null);
  const [current, setCurrent] = useState(lineOfHash);
  /** The number after the last line that was there when one left the end; null at the end. */
  const [leftAt, setLeftAt] = useState<number | null>(null);
  const search = useLogSearch(source, feed, text, count);
  // eslint-disable-next-line react-hooks/incompatible-library -- there is no compiler here
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: useCallback((index: number) => first + index, [first]),
    overscan: 20,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: NEAR_END,
  });
  const show = useCallback((index: number) => {
    virtual.scrollToIndex(index, { align: "center" });
    setLeftAt((before) => before ?? feed.get().first + feed.get().count);
  }, [virtual, feed]);
  const goTo = useCallback(async (number: number) => {
    setCurrent(number);
    const index = await feed.revealLine(number);
    if (index >= 0) requestAnimationFrame(() => show(index));
  }, [feed, show]);
  useLayoutEffect(() => {
    if (state !== "ready") return;
    const wanted = lineOfHash();
    if (wanted === null) virtual.scrollToEnd();
    else void goTo(wanted);
  }, [state, virtual, goTo]);
  useEffect(() => {
    const follow = () => {
      const wanted = lineOfHash();
      if (wanted !== null) void goTo(wanted);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [goTo]);
  const at = hit === null ? -1 : search.places.indexOf(hit);
  const step = async (by: 1 | -1) => {
    const { places } = search;
    const here = feed.at(virtual.range?.startIndex ?? 0)?.offset ?? 0;
    const from = at >= 0 ? at + by : by > 0 ? places.findIndex((place) => place >= here) : places.findLastIndex((place) => place < here);
    const place = places[(from + places.length) % places.length];
    if (place === undefined) return;
    setHit(place);
    const index = await feed.reveal(place);
    if (index < 0) return;
    setCurrent(feed.get().first + index);
    requestAnimationFrame(() => show(index));
  };
  const onScroll = () => {
    const box = scroller.current;
    if (!box || state !== "ready") return;
    const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
    setLeftAt((before) => (isAtEnd ? null : (before ?? first + count)));
    if (box.scrollTop < NEAR_TOP && hasOlder) void feed.loadOlder();
  };
  const onPick = (event: MouseEvent) => {
    const number = event.target instanceof HTMLElement ? event.target.dataset.line : undefined;
    if (number === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.replaceState(history.state, "", `#L${number}`);
    setCurrent(Number(number));
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "/" && !((event.ctrlKey || event.metaKey) && event.key === "f")) return;
    event.preventDefault();
    event.stopPropagation();
    input.current?.select();
  };
  const toEnd = () => {
    virtual.scrollToEnd();
    setLeftAt(null);
    scroller.current?.focus();
  };
  const rows = virtual.getVirtualItems();
  const fresh = leftAt === null ? 0 : Math.max(0, first + count - leftAt);
  const here = location.pathname + location.search;
  return (
    <>
      <LogBar
        text={text} onText={(next) => { setText(next); setHit(null); }} search={search} at={at} onStep={(by) => void step(by)}
        wrap={wrap} onWrap={() => setWrap(!wrap)} address={source.address} fileName={source.fileName}
        summary={summaryOf(snapshot)} connection={isLive && state === "ready" ? snapshot.connection : null} input={input}
      />
      <div ref={scroller} role="region" aria-label={label} tabIndex={0} onScroll={onScroll} onClick={onPick} onKeyDown={onKey} className="min-h-0 flex-1 overflow-auto font-mono text-sm -outline-offset-2! [overflow-anchor:none]">
        {state === "loading" && <p className="p-3 text-muted">{t.common.loading} …</p>}
        {state === "ready" && count === 0 && <p className="p-3 text-muted">{isLive ? t.log.nothingYet : t.log.nothing}</p>}
        <div className="relative w-max min-w-full" style={{ height: virtual.getTotalSize() }}>
          <div className={wrap ? "absolute inset-x-0 top-0" : "min-w-full"} style={{ transform: `translateY(${rows[0]?.start ?? 0}px)` }}>
            {rows.map((row) => (
              <LogRow
                key={row.key} index={row.index} number={first + row.index} text={feed.at(row.index)?.text ?? ""} sought={text} wrap={wrap}
                isCurrent={current === first + row.index} href={`${here}#L${first + row.index}`} digits={String(first + count).length}
                measure={wrap ? virtual.measureElement : undefined}
              />
            ))}
          </div>
        </div>
      </div>
      {leftAt !== null && (
        <Button look={fresh > 0 ? "primary" : "plain"} onClick={toEnd} className="absolute! bottom-4 left-1/2 h-8! -translate-x-1/2 rounded-full! shadow-pop">
          <ArrowDown size={14} aria-hidden />{fresh > 0 ? t.log.newLines(fresh, formatNumber(fresh)) : t.log.toEnd}
        </Button>
      )}
    </>
  );
}

function summaryOf({ first, count, isLoadingOlder, hasOlder }: Snapshot): string {
  if (count === 0) return "";
  if (isLoadingOlder) return t.log.loadingOlder;
  const all = formatNumber(first + count - 1);
  if (hasOlder && count >= MOST_LINES) return t.log.kept(formatNumber(count), all);
  return t.log.lines(first + count - 1, all);
}

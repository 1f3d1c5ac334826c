import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, useCallback, useRef, useState } from "react";

import { Button } from "@/components/ui/Button";
import { formatNumber } from "@/lib/format";
import type { LogSource } from "@/lib/log/source";
import { t } from "@/texts";

import { type LogFeed, MOST_LINES, type Snapshot } from "./feed";
import { LogBar } from "./LogBar";
import { LogRows } from "./LogRows";
import { useLogPlace } from "./useLogPlace";
import { useLogSearch } from "./useLogSearch";

const ROW = 20;

interface Props {
  source: LogSource;
  feed: LogFeed;
  snapshot: Snapshot;
  label: string;
  isLive: boolean;
}

/** The lines themselves, as many as are in view, with the controls above. */
export function LogLines({ source, feed, snapshot, label, isLive }: Props) {
  const { first, count, state } = snapshot;
  const scroller = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [wrap, setWrap] = useState(false);
  const [text, setText] = useState("");
  const [hit, setHit] = useState<number | null>(null);
  const search = useLogSearch(source, feed, text, count);
  // eslint-disable-next-line react-hooks/incompatible-library -- there is no compiler here
  const virtual = useVirtualizer<HTMLDivElement, Element>({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: useCallback((index: number) => first + index, [first]),
    overscan: 20,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: 32,
  });
  const place = useLogPlace(feed, virtual, scroller, state === "ready");
  const at = hit === null ? -1 : search.places.indexOf(hit);
  const step = (by: 1 | -1) => {
    const { places } = search;
    const here = feed.at(virtual.range?.startIndex ?? 0)?.offset ?? 0;
    const from = at >= 0 ? at + by : by > 0 ? places.findIndex((each) => each >= here) : places.findLastIndex((each) => each < here);
    const next = places[(from + places.length) % places.length];
    if (next === undefined) return;
    setHit(next);
    void place.toByte(next);
  };
  const onPick = (event: MouseEvent) => {
    const number = event.target instanceof HTMLElement ? event.target.dataset.line : undefined;
    if (number === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    place.setCurrent(Number(number));
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "/" && !((event.ctrlKey || event.metaKey) && event.key === "f")) return;
    event.preventDefault();
    event.stopPropagation();
    input.current?.select();
  };
  const find = (next: string) => {
    setText(next);
    setHit(null);
  };
  return (
    <>
      <LogBar
        text={text} onText={find} search={search} at={at} onStep={step} wrap={wrap} onWrap={() => setWrap(!wrap)} address={source.address} fileName={source.fileName}
        summary={summaryOf(snapshot)} connection={isLive && state === "ready" ? snapshot.connection : null} input={input}
      />
      <div ref={scroller} role="region" aria-label={label} tabIndex={0} onScroll={place.onScroll} onClick={onPick} onKeyDown={onKey} className="min-h-0 flex-1 overflow-auto font-mono text-sm -outline-offset-2! [overflow-anchor:none]">
        {state === "loading" && <p className="p-3 text-muted">{t.common.loading} …</p>}
        {state === "ready" && count === 0 && <p className="p-3 text-muted">{isLive ? t.log.nothingYet : t.log.nothing}</p>}
        <LogRows feed={feed} virtual={virtual} first={first} count={count} sought={text} wrap={wrap} current={place.current} />
      </div>
      {place.fresh !== null && (
        <Button look={place.fresh > 0 ? "primary" : "plain"} onClick={place.toEnd} className="absolute! bottom-4 left-1/2 h-8! -translate-x-1/2 rounded-full! shadow-pop">
          <ArrowDown size={14} aria-hidden />{place.fresh > 0 ? t.log.newLines(place.fresh, formatNumber(place.fresh)) : t.log.toEnd}
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

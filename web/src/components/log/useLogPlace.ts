import type { Virtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useLayoutEffect, useState } from "react";

import type { LogFeed } from "./feed";

const NEAR_END = 32;
const NEAR_TOP = 1500;

/** The line that the address names, as `#L120`. */
export const lineOfHash = (): number | null => {
  const number = /^#L(\d{1,12})$/.exec(location.hash)?.[1];
  return number === undefined ? null : Number(number);
};

interface LogPlace {
  /** The number of the line that an address or the search leads to. */
  current: number | null;
  /** Mark a line, and put it in the address. */
  setCurrent: (number: number) => void;
  /** How many lines have come since one left the end; null at the end. */
  fresh: number | null;
  onScroll: () => void;
  toEnd: () => void;
  /** Go to the line that holds a byte. */
  toByte: (offset: number) => Promise<void>;
}

type Lines = Virtualizer<HTMLDivElement, Element>;

/** Where one reads: at the end, which follows, or at a line. */
export function useLogPlace(feed: LogFeed, virtual: Lines, scroller: RefObject<HTMLDivElement | null>, isReady: boolean): LogPlace {
  const [current, setLine] = useState(lineOfHash);
  const [leftAt, setLeftAt] = useState<number | null>(null);
  const setCurrent = useCallback((number: number) => {
    history.replaceState(history.state, "", `#L${number}`);
    setLine(number);
  }, []);
  const show = useCallback((index: number) => {
    if (index < 0) return;
    const { first, count } = feed.get();
    setCurrent(first + index);
    setLeftAt((before) => before ?? first + count);
    requestAnimationFrame(() => virtual.scrollToIndex(index, { align: "center" })); // once older lines are drawn
  }, [virtual, feed, setCurrent]);
  useLayoutEffect(() => {
    if (!isReady) return;
    const follow = () => {
      const wanted = lineOfHash();
      if (wanted !== null) void feed.revealLine(wanted).then(show);
    };
    if (lineOfHash() === null) virtual.scrollToEnd();
    else follow();
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [isReady, virtual, feed, show]);
  const { first, count, hasOlder } = feed.get();
  return {
    current,
    setCurrent,
    fresh: leftAt === null ? null : Math.max(0, first + count - leftAt),
    onScroll: () => {
      const box = scroller.current;
      if (!box || !isReady) return;
      const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
      setLeftAt((before) => (isAtEnd ? null : (before ?? first + count)));
      if (box.scrollTop < NEAR_TOP && hasOlder) void feed.loadOlder();
    },
    toEnd: () => {
      virtual.scrollToEnd();
      setLeftAt(null);
      scroller.current?.focus();
    },
    toByte: async (offset) => show(await feed.reveal(offset)),
  };
}

import { useEffect, useMemo, useState } from "react";

import type { LogFeed } from "./feed";
import type { LogSource } from "@/lib/log/source";

/** How many lines are counted at most. */
const MOST = 10_000;
const TYPING_MS = 250;

interface Found {
  text: string;
  /** Places of the lines that hold the text, in order. */
  places: number[];
  /** Whether there are more than were counted. */
  isMore: boolean;
  /** Whole lines before this one have been looked at. */
  until: number;
  error: unknown;
}

export interface LogSearch {
  places: number[];
  isMore: boolean;
  isBusy: boolean;
  error: unknown;
}

/** Looks for `text` in all of the log, by the lab; what comes afterwards is looked at here. */
export function useLogSearch(source: LogSource, feed: LogFeed, text: string, count: number): LogSearch {
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    if (text === "") return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      const until = feed.at(feed.whole)?.offset ?? feed.end;
      findAll(source, text, until, stop.signal)
        .then((all) => setFound({ text, until, error: null, ...all }))
        .catch((error: unknown) => {
          if (!stop.signal.aborted) setFound({ text, until, places: [], isMore: false, error });
        });
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [source, feed, text]);
  const current = found?.text === text ? found : null;
  const places = useMemo(() => (current ? [...current.places, ...newPlaces(feed, current, count)] : []), [feed, current, count]);
  return { places, isMore: current?.isMore ?? false, isBusy: text !== "" && current === null, error: current?.error };
}

async function findAll(source: LogSource, text: string, until: number, signal: AbortSignal): Promise<{ places: number[]; isMore: boolean }> {
  const places: number[] = [];
  let from: number | null = 0;
  while (from !== null && from < until && places.length < MOST) {
    const page = await source.search(text, from, signal);
    places.push(...page.items.map((item) => item.offset).filter((place) => place < until));
    from = page.next_offset;
  }
  return { places, isMore: from !== null && from < until };
}

/** The same among the lines that have come since; `count` only says that there may be some. */
function newPlaces(feed: LogFeed, { text, until }: Found, count: number): number[] {
  const wanted = text.toLowerCase();
  const places: number[] = [];
  for (let index = Math.min(count, feed.whole) - 1; index >= 0; index -= 1) {
    const line = feed.at(index);
    if (line === undefined || line.offset < until || places.length >= MOST) break;
    if (line.text.toLowerCase().includes(wanted)) places.push(line.offset);
  }
  return places.reverse();
}

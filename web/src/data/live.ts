// Changes that others make, as they happen: a stream of hints. A hint says what has changed,
// never how; whoever shows it asks again.
//
// Only a tab that is looked at holds a stream: over HTTP/1.1 a browser has six connections for
// a host, and ten open tabs must not starve one another.
import type { QueryClient } from "@tanstack/react-query";

import { apiUrl } from "./client";

interface Hint {
  what: string;
  project: string | null;
  id: string;
}

const AGAIN_MS = 5_000;
/** Hints of this long are answered together: a sweep changes a hundred runs a second. */
const TOGETHER_MS = 1_000;
/** What the frame of every page shows is asked for again at most so often, however much happens. */
const RARELY_MS = 10_000;
/** Kinds of things whose changes can be news. A run's are not: each metric is one. */
const NEWS = ["job", "service", "dataset", "model"];

/** Which queries a hint makes out of date, by the beginnings of their keys. */
export function touched(hint: Hint): string[][] {
  if (hint.project === null) return [[hint.what], ["home"]];
  const keys = [[hint.what, hint.project], ["overview", hint.project], ["uses", hint.project], ["home"]];
  // A project's record tells the reader's role, and their list of projects is their memberships.
  return hint.what === "member" ? [...keys, ["project"]] : keys;
}

/** Ask again at once, then at most once in `everyMs`, however many hints come. */
function gathering(client: QueryClient, everyMs: number): (keys: string[][]) => void {
  const waiting = new Map<string, string[]>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    if (waiting.size === 0) return;
    const keys = [...waiting.values()];
    waiting.clear();
    timer = setTimeout(flush, everyMs);
    for (const queryKey of keys) void client.invalidateQueries({ queryKey });
  };
  return (keys) => {
    for (const key of keys) waiting.set(JSON.stringify(key), key);
    if (timer === undefined) flush();
  };
}

/** Keep what is shown in step with the lab until told to stop. `onState`: whether it is connected. */
export function follow(client: QueryClient, onState: (connected: boolean) => void): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wasOpen = false;
  const gather = gathering(client, TOGETHER_MS);
  const gatherRarely = gathering(client, RARELY_MS);

  const open = () => {
    source = new EventSource(apiUrl("/events"));
    source.addEventListener("hello", () => {
      onState(true);
      // Something may have been missed since the stream before.
      if (wasOpen) void client.invalidateQueries();
      wasOpen = true;
    });
    source.addEventListener("reset", () => void client.invalidateQueries());
    source.addEventListener("change", (event: MessageEvent<string>) => {
      const hint = JSON.parse(event.data) as Hint;
      gather(touched(hint));
      if (NEWS.includes(hint.what)) gatherRarely([["happened"]]);
    });
    source.addEventListener("error", failed);
  };
  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const failed = () => {
    onState(false);
    // The browser tries again by itself, unless the lab answered with a refusal.
    if (source?.readyState !== EventSource.CLOSED) return;
    close();
    void client.invalidateQueries({ queryKey: ["me"] }); // a session that ended leads to the sign-in
    timer = setTimeout(open, AGAIN_MS);
  };
  const look = () => {
    close();
    if (document.visibilityState === "visible") open();
  };

  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    close();
  };
}

import { afterEach, describe, expect, it, vi } from "vitest";

import type { LogSource } from "@/lib/log/source";

import { LogFeed } from "./feed";

/** A log in memory: `write` adds to it, `cut` breaks the readers' connections, `end` ends them well. */
class Log {
  bytes = new Uint8Array();
  reads: number[] = [];
  private readers: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>[] = [];

  constructor(text: string) {
    this.write(text);
  }

  write(text: string): void {
    const more = new TextEncoder().encode(text);
    this.bytes = new Uint8Array([...this.bytes, ...more]);
    for (const reader of this.readers) reader.enqueue(more);
  }

  end(): void {
    for (const reader of this.readers.splice(0)) reader.close();
  }

  cut(): void {
    for (const reader of this.readers.splice(0)) reader.error(new Error("cut"));
  }

  readonly source: LogSource = {
    key: "log",
    address: "",
    fileName: "",
    search: () => Promise.resolve({ items: [], next_offset: null }),
    lines: (count, before = this.bytes.length) => {
      const all = new TextDecoder().decode(this.bytes.subarray(0, before)).split(/(?<=\n)/).filter(Boolean);
      const text = all.slice(-count).join("");
      return Promise.resolve({ offset: before - text.length, end: before, text, line: all.length - Math.min(count, all.length) + 1 });
    },
    follow: (offset) => {
      this.reads.push(offset);
      return Promise.resolve(new ReadableStream<Uint8Array<ArrayBuffer>>({
        start: (reader) => {
          if (offset < this.bytes.length) reader.enqueue(this.bytes.slice(offset));
          this.readers.push(reader);
        },
      }));
    },
  };
}

const numbered = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => `line ${from + at}\n`).join("");
const opened = async (log: Log, most?: number) => {
  vi.useFakeTimers();
  const feed = new LogFeed(log.source, most);
  feed.setLive(true);
  void feed.open();
  await vi.advanceTimersByTimeAsync(0);
  return feed;
};

afterEach(() => vi.useRealTimers());

describe("LogFeed", () => {
  it("opens with the last lines and knows their numbers", async () => {
    const feed = await opened(new Log(numbered(1, 100_000)));
    expect(feed.get()).toMatchObject({ state: "ready", first: 99_001, count: 1000, hasOlder: true, connection: "live" });
    expect([feed.at(0)?.text, feed.at(999)?.text]).toEqual(["line 99001", "line 100000"]);
  });

  it("shows what comes, the open line too", async () => {
    const log = new Log("one\n");
    const feed = await opened(log);
    log.write("two\nthr");
    await vi.advanceTimersByTimeAsync(100);
    expect(feed.get().count).toBe(3);
    expect([feed.at(1)?.text, feed.at(2)?.text, feed.whole]).toEqual(["two", "thr", 2]);
  });

  it("reads on at its place after a break", async () => {
    const log = new Log("one\n");
    const feed = await opened(log);
    log.write("two\n");
    await vi.advanceTimersByTimeAsync(100);
    log.cut();
    await vi.advanceTimersByTimeAsync(10);
    expect(feed.get().connection).toBe("waiting");
    log.write("three\n");
    await vi.advanceTimersByTimeAsync(3000);
    expect(log.reads).toEqual([4, 8]);
    expect([feed.get().connection, feed.get().count, feed.at(2)?.text]).toEqual(["live", 3, "three"]);
  });

  it("ends when the workload has, and follows again when it is started anew", async () => {
    const log = new Log("one\n");
    const feed = await opened(log);
    feed.setLive(false);
    log.end();
    await vi.advanceTimersByTimeAsync(10);
    expect(feed.get().connection).toBe("ended");
    feed.setLive(true);
    await vi.advanceTimersByTimeAsync(10);
    expect(feed.get().connection).toBe("live");
  });

  it("keeps no connection while closed and goes on when opened again", async () => {
    const log = new Log("one\n");
    const feed = await opened(log);
    feed.close();
    log.cut();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(log.reads).toEqual([4]);
    void feed.open();
    await vi.advanceTimersByTimeAsync(10);
    expect(log.reads).toEqual([4, 4]);
  });

  it("brings back older lines down to the one that is wanted", async () => {
    const feed = await opened(new Log(numbered(1, 30_000)));
    const index = await feed.revealLine(120);
    expect(feed.at(index)?.text).toBe("line 120");
    expect(await feed.revealLine(30_001)).toBe(-1);
    const place = numbered(1, 4).length;
    expect(feed.at(await feed.reveal(place))?.text).toBe("line 5");
    expect(feed.get()).toMatchObject({ first: 1, count: 30_000, hasOlder: false });
  });

  it("keeps no more lines than it may", async () => {
    const log = new Log(numbered(1, 3000));
    const feed = await opened(log, 2000);
    expect(await feed.revealLine(1)).toBe(-1);
    expect(feed.get()).toMatchObject({ first: 1001, count: 2000 });
    log.write(numbered(3001, 9000));
    await vi.advanceTimersByTimeAsync(100);
    expect(feed.get()).toMatchObject({ first: 7001, count: 2000, hasOlder: true });
    expect(feed.at(0)?.text).toBe("line 7001");
  });

  it("says what failed, and opens when asked again", async () => {
    const log = new Log("one\n");
    let fails = true;
    const feed = new LogFeed({ ...log.source, lines: (...args) => (fails ? Promise.reject(new Error("no")) : log.source.lines(...args)) });
    await feed.open();
    expect(feed.get()).toMatchObject({ state: "failed", error: new Error("no") });
    fails = false;
    log.end();
    void feed.open();
    await vi.waitFor(() => expect(feed.get().state).toBe("ready"));
    feed.close();
  });
});

// The lines of one log that the viewer holds: its end first, older ones as they are wanted, new
// ones as they come. Knows no network and no page; a view subscribes to its snapshots.
import { lineAt, type LogLine, LineCutter } from "@/lib/log/lines";

import type { LogBlock, LogSource } from "@/lib/log/source";

/** How many lines are kept; older ones stay in the lab. */
export const MOST_LINES = 200_000;
const FIRST = 1000;
const OLDER = 5000;
const FAR = 10_000;
const SLACK = 5000;
const NOTIFY_MS = 50;
const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000];

export type Connection = "live" | "waiting" | "ended";

export interface Snapshot {
  state: "loading" | "ready" | "failed";
  error: unknown;
  connection: Connection;
  /** Number of the first line held, from 1. */
  first: number;
  count: number;
  /** Whether lines before the first one are in the lab. */
  hasOlder: boolean;
  isLoadingOlder: boolean;
}

const EMPTY: Snapshot = {
  state: "loading", error: null, connection: "waiting", first: 1, count: 0, hasOlder: false, isLoadingOlder: false,
};

export class LogFeed {
  private snapshot = EMPTY;
  private lines: LogLine[] = [];
  private cutter = new LineCutter(0);
  private readonly listeners = new Set<() => void>();
  private stop = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isLive = false;
  private isFollowing = false;
  private older: Promise<boolean> | null = null;

  constructor(private readonly source: LogSource, private readonly most = MOST_LINES) {}

  readonly subscribe = (tell: () => void): (() => void) => {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  };

  readonly get = (): Snapshot => this.snapshot;

  /** The line at an index from 0 to `count - 1`. */
  at(index: number): LogLine | undefined {
    return this.lines[index] ?? (index === this.lines.length ? (this.cutter.open ?? undefined) : undefined);
  }

  /** The index of the line that holds byte `offset`. */
  indexOf(offset: number): number {
    const open = this.cutter.open;
    return open !== null && offset >= open.offset ? this.lines.length : lineAt(this.lines, offset);
  }

  /** How many lines are whole: the open one may still grow. */
  get whole(): number {
    return this.lines.length;
  }

  /** Place behind the last byte that came. */
  get end(): number {
    return this.cutter.end;
  }

  /** Load the log's end and follow it. Repeatable, also after `close`. */
  async open(): Promise<void> {
    if (this.stop.signal.aborted) this.stop = new AbortController();
    const { signal } = this.stop;
    if (this.snapshot.state === "ready") return this.follow();
    this.change({ state: "loading", error: null });
    try {
      const block = await this.source.lines(FIRST, undefined, signal);
      if (signal.aborted) return;
      this.begin(block);
    } catch (error) {
      if (!signal.aborted) this.change({ state: "failed", error });
      return;
    }
    await this.follow();
  }

  /** End what is under way; what is held stays. */
  close(): void {
    this.stop.abort();
    this.isFollowing = false;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** Say whether the workload may still write. */
  setLive(isLive: boolean): void {
    this.isLive = isLive;
    if (isLive && this.snapshot.state === "ready" && !this.stop.signal.aborted) void this.follow();
  }

  /** Hold older lines too; tells whether there were any. */
  loadOlder(count = OLDER): Promise<boolean> {
    this.older ??= this.fetchOlder(count).finally(() => {
      this.older = null;
    });
    return this.older;
  }

  /** Hold the lines from byte `offset` on; returns its line's index, or -1 if it is too far back. */
  async reveal(offset: number): Promise<number> {
    while ((this.lines[0]?.offset ?? this.end) > offset && (await this.loadOlder(FAR)));
    return this.indexOf(offset);
  }

  /** The same for a line's number. */
  async revealLine(number: number): Promise<number> {
    while (this.snapshot.first > number && (await this.loadOlder(FAR)));
    const index = number - this.snapshot.first;
    return index >= 0 && index < this.snapshot.count ? index : -1;
  }

  private begin(block: LogBlock): void {
    this.cutter = new LineCutter(block.offset);
    this.lines = this.cutter.push(new TextEncoder().encode(block.text));
    this.cutter.moveTo(block.end); // what is no UTF-8 came with another length
    this.change({ state: "ready", first: block.line ?? 1, hasOlder: block.offset > 0, connection: "waiting", ...this.counted() });
  }

  private async fetchOlder(count: number): Promise<boolean> {
    const { signal } = this.stop;
    const before = this.lines[0]?.offset ?? this.cutter.open?.offset ?? 0;
    if (signal.aborted || before === 0 || this.lines.length >= this.most) return false;
    this.change({ isLoadingOlder: true });
    try {
      const block = await this.source.lines(Math.min(count, this.most - this.lines.length), before, signal);
      const cutter = new LineCutter(block.offset);
      const older = cutter.push(new TextEncoder().encode(block.text));
      if (cutter.open !== null) older.push(cutter.open);
      this.lines = older.concat(this.lines);
      const first = this.snapshot.first - older.length;
      this.change({ first, hasOlder: block.offset > 0, isLoadingOlder: false, ...this.counted() });
      return older.length > 0;
    } catch {
      this.change({ isLoadingOlder: false }); // scrolling up again asks again
      return false;
    }
  }

  private async follow(): Promise<void> {
    if (this.isFollowing) return;
    this.isFollowing = true;
    const { signal } = this.stop;
    for (let failures = 0; !signal.aborted; failures += 1) {
      const before = this.end;
      const outcome = await this.read(signal);
      if (outcome === "closed") return;
      if (outcome === "gone" || (outcome === "ended" && !this.isLive)) break;
      if (this.end > before) failures = 0;
      this.change({ connection: outcome === "ended" ? "live" : "waiting" });
      await pause(PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)] ?? 0, signal);
    }
    this.isFollowing = false;
    this.change({ connection: "ended" });
  }

  private async read(signal: AbortSignal): Promise<"ended" | "gone" | "broken" | "closed"> {
    try {
      const stream = await this.source.follow(this.end, signal);
      if (stream === null) return "gone";
      if (this.isLive) this.change({ connection: "live" });
      const reader = stream.getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) this.take(part.value);
      return signal.aborted ? "closed" : "ended";
    } catch {
      return signal.aborted ? "closed" : "broken";
    }
  }

  private take(bytes: Uint8Array): void {
    for (const line of this.cutter.push(bytes)) this.lines.push(line);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.trim();
      this.change(this.counted());
    }, NOTIFY_MS);
  }

  private trim(): void {
    const gone = this.lines.length - this.most;
    if (gone < SLACK) return;
    this.lines = this.lines.slice(gone);
    this.snapshot = { ...this.snapshot, first: this.snapshot.first + gone, hasOlder: true };
  }

  private counted(): { count: number } {
    return { count: this.lines.length + (this.cutter.open === null ? 0 : 1) };
  }

  private change(part: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...part };
    for (const tell of this.listeners) tell();
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(finish, ms);
    function finish(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      done();
    }
    signal.addEventListener("abort", finish);
  });
}

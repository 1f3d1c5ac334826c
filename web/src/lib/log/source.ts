// What the log viewer needs of a log, whosever it is. Who shows one gives it (see data/logs.ts).

export interface LogBlock {
  /** Place of its first byte; 0 is the log's beginning. */
  offset: number;
  end: number;
  text: string;
  /** Number of its first line, where known. */
  line?: number | null | undefined;
}

export interface LogFinds {
  items: { offset: number }[];
  next_offset: number | null;
}

export interface LogSource {
  /** Which log: another key is another log. */
  key: string;
  /** The last `count` lines, of what lies before byte `before` if that is given. */
  lines: (count: number, before: number | undefined, signal: AbortSignal) => Promise<LogBlock>;
  search: (text: string, offset: number, signal: AbortSignal) => Promise<LogFinds>;
  /** What comes from byte `offset` on, until the workload has ended; null if there is no such log any more. */
  follow: (offset: number, signal: AbortSignal) => Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null>;
  /** Where the whole text is, for a download. */
  address: string;
  /** What the file is called. */
  fileName: string;
}

// A log's bytes as lines. Offsets count bytes of the whole log, so that reading can go on
// anywhere; what a carriage return overwrote (progress bars) is left out as a terminal would.

export interface LogLine {
  /** Place of the line's first byte. */
  offset: number;
  /** What is shown, colour codes included. */
  text: string;
}

/** What is shown of one line at most; a longer one is cut. */
const LONGEST = 20_000;
const COLOUR = /\x1b\[([\d;]*)m/g;

/** What remains to be seen of a line: the last text after a carriage return. */
export function lastDrawn(line: string): string {
  if (!line.includes("\r")) return line;
  return line.split("\r").findLast((part) => part !== "") ?? "";
}

/** The colour codes that are still in force after `text`. */
export function colourAfter(text: string): string {
  if (!text.includes("\x1b")) return "";
  let open = "";
  for (const [code, numbers = ""] of text.matchAll(COLOUR)) {
    if (/^(0?|0;.*)$/.test(numbers)) open = "";
    if (!/^0?$/.test(numbers)) open = (open + code).slice(-200);
  }
  return open;
}

/** Cuts bytes that come in pieces into lines; the last one may still be open. */
export class LineCutter {
  /** Place of the next byte. */
  end: number;
  private start: number;
  private pending = "";
  private colour = "";
  private readonly decoder = new TextDecoder();

  constructor(offset: number) {
    this.end = offset;
    this.start = offset;
  }

  /** The line that has not ended yet, if there is any of it. */
  get open(): LogLine | null {
    return this.end === this.start ? null : this.line();
  }

  /** Say where the next byte is, when what came was not as long as the log's own bytes. */
  moveTo(end: number): void {
    if (this.end === this.start) this.start = end;
    this.end = end;
  }

  /** Take the next bytes and return the lines that they end. */
  push(bytes: Uint8Array): LogLine[] {
    const lines: LogLine[] = [];
    let from = 0;
    for (let to = bytes.indexOf(10); to >= 0; to = bytes.indexOf(10, from)) {
      this.take(bytes.subarray(from, to), true);
      this.end += to + 1 - from;
      const line = this.line();
      lines.push(line);
      this.colour = colourAfter(line.text);
      this.start = this.end;
      this.pending = "";
      from = to + 1;
    }
    this.take(bytes.subarray(from), false);
    this.end += bytes.length - from;
    return lines;
  }

  private take(bytes: Uint8Array, isLast: boolean): void {
    const text = this.pending + this.decoder.decode(bytes, { stream: !isLast });
    // A bar that is drawn for hours must not grow: what is overwritten is forgotten at once.
    const drawn = text.includes("\r") && !isLast ? lastDrawn(text) + (text.endsWith("\r") ? "\r" : "") : text;
    this.pending = drawn.slice(0, LONGEST + 1);
  }

  private line(): LogLine {
    const drawn = lastDrawn(this.pending);
    const text = drawn.length > LONGEST ? `${drawn.slice(0, LONGEST)} …` : drawn;
    return { offset: this.start, text: this.colour + text };
  }
}

/** The index of the last line that begins at or before `offset`; -1 if there is none. */
export function lineAt(lines: readonly LogLine[], offset: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.offset ?? Infinity) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

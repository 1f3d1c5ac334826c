// Where a sought text stands in a line that is shown.
import type { Span } from "./ansi";

export interface Piece extends Span {
  isHit: boolean;
}

/** Cut spans so that each occurrence of `sought` (in whatever case) is a piece of its own. */
export function markHits(spans: Span[], sought: string): Piece[] {
  const whole = spans.map((span) => span.text).join("");
  const bounds = hitsIn(whole, sought);
  if (bounds.length === 0) return spans.map((span) => ({ ...span, isHit: false }));
  const pieces: Piece[] = [];
  let at = 0;
  for (const span of spans) {
    const end = at + span.text.length;
    const cuts = [at, ...bounds.flat().filter((bound) => bound > at && bound < end), end];
    for (const [index, from] of cuts.slice(0, -1).entries()) {
      const text = whole.slice(from, cuts[index + 1]);
      const isHit = bounds.some(([begin, stop]) => from >= begin && from < stop);
      if (text !== "") pieces.push({ text, classes: span.classes, isHit });
    }
    at = end;
  }
  return pieces;
}

function hitsIn(text: string, sought: string): [number, number][] {
  const folded = text.toLowerCase();
  // A few letters change their length with their case: then places would be wrong.
  if (sought === "" || folded.length !== text.length) return [];
  const wanted = sought.toLowerCase();
  const hits: [number, number][] = [];
  for (let from = folded.indexOf(wanted); from >= 0 && hits.length < 500; from = folded.indexOf(wanted, from + wanted.length)) {
    hits.push([from, from + wanted.length]);
  }
  return hits;
}

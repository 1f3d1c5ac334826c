// Markdown as a tree of marked's tokens (CommonMark with GitHub's tables, task lists and bare
// links). It makes no HTML: where a text may lead to and how deep it may go is decided here, for
// whoever wrote it may be anybody. Loaded only by components/markdown/Rendered.
import { lexer, type MarkedToken, type Token } from "marked";

/** Signs beyond which a text is shown as it is written: some texts take the square of it in time. */
const LONGEST = 30_000;
const DEEPEST = 40;
const LEADS_TO = new Set(["http:", "https:", "mailto:"]);
const NAMED: Record<string, string> = {
  amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0", copy: "©", reg: "®", deg: "°", plusmn: "±", micro: "µ",
  times: "×", ndash: "–", mdash: "—", hellip: "…", laquo: "«", raquo: "»", larr: "←", rarr: "→", le: "≤", ge: "≥", ne: "≠", euro: "€",
};

export interface Parsed {
  tokens: MarkedToken[];
  /** The depths of the headings that are used, the highest first. */
  depths: number[];
}

/** The tree of a text; null when it is too long or too deep to be anything but text. */
export function parsed(text: string): Parsed | null {
  if (text.length > LONGEST) return null;
  try {
    const tokens = known(lexer(text, { gfm: true }));
    const depths = new Set<number>();
    return isShallow(tokens, depths) ? { tokens, depths: [...depths].sort() } : null;
  } catch (error) {
    if (error instanceof RangeError) return null; // the parser went down too deep itself
    throw error;
  }
}

/** Tokens of marked's own kinds: no extension is in use. */
export const known = (tokens: Token[] | undefined): MarkedToken[] => (tokens ?? []) as MarkedToken[];

function partsOf(token: MarkedToken): MarkedToken[] {
  if (token.type === "list") return token.items;
  if (token.type === "table") return [token.header, ...token.rows].flat().flatMap((cell) => known(cell.tokens));
  return "tokens" in token ? known(token.tokens) : [];
}

function isShallow(tokens: MarkedToken[], depths: Set<number>, depth = 0): boolean {
  return depth <= DEEPEST && tokens.every((token) => {
    if (token.type === "heading") depths.add(token.depth);
    return isShallow(partsOf(token), depths, depth + 1);
  });
}

/** Where a link may lead: the web, an address of mail, or a heading of the page; else null. */
export function safeAddress(url: string): string | null {
  try {
    if (url.startsWith("#")) return `#${headingId(decodeURIComponent(url.slice(1)))}`;
    const found = new URL(url);
    return LEADS_TO.has(found.protocol) ? found.href : null;
  } catch {
    return null;
  }
}

/** The id of a heading: apart from all ids of the app. */
export const headingId = (text: string): string => `text-${text.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").trim().replaceAll(" ", "-")}`;

/** A part's text, without its marks. */
export const plain = (tokens: MarkedToken[]): string =>
  tokens.map((each) => ("tokens" in each && each.tokens ? plain(known(each.tokens)) : "text" in each ? each.text : "")).join("");

/** Text with its character references resolved: all numbers, and the names that people write. */
export const unescaped = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (whole, ten?: string, sixteen?: string, name?: string) =>
    name === undefined ? sign(ten === undefined ? parseInt(sixteen ?? "", 16) : Number(ten)) : (NAMED[name] ?? whole),
  );

const sign = (code: number): string => (code === 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? "\ufffd" : String.fromCodePoint(code));

// Reads a search of runs as far as the caret: what stands there, and what is expected next. It
// knows MLflow's language (`core/search.py`) but no run, and says nothing of what is not in it.

/** Where the caret stands: what is expected there, and what is written of it. */
export interface Place {
  expects: "name" | "comparison" | "value" | "and" | "nothing";
  /** The name that was compared, such as `metrics.loss`. */
  column: string;
  from: number;
  part: string;
}

/** What a name begins with, as the language lets one write it. */
const KINDS = new Map(
  Object.entries({ metrics: ["metric"], params: ["param", "parameter", "parameters"], tags: ["tag"], attributes: ["attribute", "attr", "run"] })
    .flatMap(([kind, others]) => [kind, ...others].map((each) => [each, kind])),
);

// A quote that is still open reaches to the caret, and `!` is the beginning of `!=`.
const TOKEN = /\s*(?:('(?:''|\\'|[^'])*'|'[^']*$)|(<=|>=|!=|=|<|>|!$)|([(),])|((?:"[^"]*(?:"|$)|`[^`]*(?:`|$)|[^\s'"`()<>=!,;])+))/y;

interface Token {
  text: string;
  from: number;
  kind: "text" | "sign" | "mark" | "word";
}

/** null: it is not in the language. */
function tokensOf(text: string): Token[] | null {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; text.slice(at).trim() !== ""; at = TOKEN.lastIndex) {
    const match = TOKEN.exec(text);
    if (match === null) return null;
    const [, quoted, sign, mark, word] = match;
    const its = quoted ?? sign ?? mark ?? word ?? "";
    const kind = quoted !== undefined ? "text" : sign !== undefined ? "sign" : mark !== undefined ? "mark" : "word";
    found.push({ text: its, from: TOKEN.lastIndex - its.length, kind });
  }
  return found;
}

/** A name without its quotes. */
const bare = (name: string): string => name.replace(/^(["`])(.*)\1$/s, "$2");

/** The kind that is written before a name's dot; "?": there is none such. */
export const kindOf = (written: string): string => KINDS.get(bare(written)) ?? "?";

/** The column that a written name means: `status` and `attr.status` are `attributes.status`. */
function columnOf(name: string): string {
  const dot = name.indexOf(".");
  if (dot < 0) return `attributes.${bare(name)}`;
  return `${kindOf(name.slice(0, dot))}.${bare(name.slice(dot + 1))}`;
}

const AFTER_WORD: Record<string, string> = { IS: "is", "is NOT": "is not", "is NULL": "and", "is not NULL": "and", NOT: "not", "not IN": "list", IN: "list", LIKE: "value", ILIKE: "value" };

/** What is expected after `token`, when `state` was before it; undefined: it may not stand there. */
function after(state: string, { kind, text }: Token): string | undefined {
  if (state === "name") return kind === "word" ? "comparison" : undefined;
  if (state === "comparison" && kind === "sign") return "value";
  if (state === "value") return kind === "text" || kind === "word" ? "and" : undefined;
  if (state === "list") return text === ")" ? "and" : "list";
  const word = text.toUpperCase();
  if (state === "and") return word === "AND" ? "name" : undefined;
  return AFTER_WORD[state === "comparison" ? word : `${state} ${word}`];
}

const isClosed = ({ kind, text }: Token): boolean => (kind === "text" && text.length > 1 && text.endsWith("'")) || kind === "mark";

/** What stands before the caret, read as far as the word under it. */
export function placeAt(before: string): Place {
  const nothing: Place = { expects: "nothing", column: "", from: before.length, part: "" };
  const tokens = tokensOf(before);
  if (tokens === null) return nothing;
  const last = tokens.at(-1);
  const written = last !== undefined && last.from + last.text.length === before.length ? tokens.pop() : undefined;
  let state: string | undefined = "name";
  let column = "";
  for (const token of tokens) {
    if (state === "name") column = columnOf(token.text);
    state = after(state, token);
    if (state === undefined) return nothing;
  }
  if (written !== undefined && isClosed(written)) return nothing;
  // After a word of two comes its second: nobody needs to be told.
  if (state !== "name" && state !== "comparison" && state !== "value" && state !== "and") return nothing;
  return { expects: state, column, from: written?.from ?? before.length, part: written?.text ?? "" };
}

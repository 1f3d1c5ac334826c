// What can follow in a search of runs, where the caret stands: names, comparisons, states, AND.
// Where the text is not in the language there is no offer.
import { nameOf, operatorsOf } from "./runFilter";
import { kindOf, type Place, placeAt } from "./runPlace";
import { RUN_STATES } from "./runStatus";

export interface Key {
  kind: "metric" | "param" | "tag";
  key: string;
}

/** What may be put at the caret; `text` and `caret` are those of the whole search then. */
export interface Offer {
  label: string;
  text: string;
  caret: number;
}

const HEADS = ["metrics.", "params.", "tags.", "attributes."];
const ATTRIBUTES = ["status", "run_name", "start_time", "end_time", "user_id", "run_id", "artifact_uri"];
const MOST = 50;

const beginsWith = (text: string, part: string): boolean => text.toLowerCase().startsWith(part.toLowerCase());

/** What begins with `part` before what holds it. */
function matching(keys: string[], part: string): string[] {
  const wanted = part.toLowerCase();
  const hits = keys.filter((key) => key.toLowerCase().includes(wanted));
  return [...hits.filter((key) => beginsWith(key, part)), ...hits.filter((key) => !beginsWith(key, part))];
}

/** A name's kind and the beginning of its key, without the quote that is open. */
function partsOf(part: string): { kind: string | undefined; key: string } {
  const dot = part.indexOf(".");
  if (dot < 0) return { kind: undefined, key: part };
  return { kind: kindOf(part.slice(0, dot)), key: part.slice(dot + 1).replace(/^["`]/, "").replace(/["`]$/, "") };
}

/** What is asked of the lab where it knows more keys than the page: the beginning of a key, and its kind. */
export function askedAt(text: string, caret: number): { kind: Key["kind"] | undefined; q: string } | null {
  const { expects, part } = placeAt(text.slice(0, caret));
  const { kind, key } = partsOf(part);
  if (expects !== "name" || (key === "" && kind === undefined) || kind === "attributes" || kind === "?") return null;
  return { kind: kind?.slice(0, -1) as Key["kind"] | undefined, q: key };
}

// No quote of the language can hold a key that has both kinds of them.
const isNameable = (key: string): boolean => !(key.includes("`") && key.includes('"'));

function names(part: string, keys: readonly Key[]): string[] {
  if (part === "") return HEADS;
  const { kind, key } = partsOf(part);
  const logged = (["metric", "param", "tag"] as const).filter((each) => kind === undefined || kind === `${each}s`).flatMap((each) => {
    const known = keys.filter((one) => one.kind === each && isNameable(one.key)).map((one) => one.key);
    return matching(known, key).map((one) => nameOf(`${each}s.${one}`));
  });
  if (kind === "attributes") return matching(ATTRIBUTES, key).map((each) => `attributes.${each}`);
  if (kind !== undefined) return logged;
  const facts = ATTRIBUTES.filter((each) => beginsWith(each, part)).map((each) => `attributes.${each}`);
  return [...HEADS.filter((head) => beginsWith(head, part)), ...facts, ...logged];
}

function comparisons(column: string): string[] {
  const known: string[] = operatorsOf(column.replace(/^attributes\./, ""));
  if (column.startsWith("params.") || column.startsWith("tags.")) return [...known, "IS NULL", "IS NOT NULL"];
  return column === "attributes.run_id" ? [...known, "IN"] : known;
}

function offered({ expects, column, part }: Place, keys: readonly Key[]): string[] {
  if (expects === "name") return names(part, keys);
  if (expects === "comparison") return comparisons(column).filter((each) => beginsWith(each, part));
  if (expects === "value" && column === "attributes.status") return RUN_STATES.filter((each) => beginsWith(each, part.replace(/^['"]/, ""))).map((each) => `'${each}'`);
  return expects === "and" && beginsWith("AND", part) ? ["AND"] : [];
}

/** What remains of the word, behind the caret: it is replaced too. */
const restOf = (behind: string, part: string): number => {
  const word = /^[^\s'"`()<>=!,;]*/.exec(behind)?.[0].length ?? 0;
  const quote = /['"`]/.exec(part)?.[0];
  return quote !== undefined && behind.charAt(word) === quote ? word + 1 : word;
};

/** What may be put at the caret; nothing where the word there is whole. */
export function offersAt(text: string, caret: number, keys: readonly Key[]): Offer[] {
  const place = placeAt(text.slice(0, caret));
  const behind = text.slice(caret + restOf(text.slice(caret), place.part));
  const found: Offer[] = [];
  for (const label of offered(place, keys).slice(0, MOST)) {
    // After a beginning such as `metrics.` its key follows at once.
    const put = text.slice(0, place.from) + label + (label.endsWith(".") || /^\s/.test(behind) ? "" : " ");
    if (label !== place.part) found.push({ label, text: put + behind, caret: put.length + (/^\s/.test(behind) && !label.endsWith(".") ? 1 : 0) });
  }
  return found;
}

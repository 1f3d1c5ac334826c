// Which columns a table of runs shows, how wide they are and by what they sort.
export type LoggedKind = "params" | "metrics" | "tags";

export interface Seen {
  kind: "param" | "metric" | "tag";
  key: string;
  differs: boolean;
}

/** Columns beside the pinned ones that are facts of every run. */
export const FACTS = ["started", "duration", "user", "datasets"] as const;
export type Fact = (typeof FACTS)[number];

const METRICS = 5;
const PARAMS = 8;

/** What is shown until somebody chooses: facts, the first metrics, and the params that differ. */
export function defaultColumns(seen: readonly Seen[]): string[] {
  const metrics = seen.filter((each) => each.kind === "metric" && !each.key.startsWith("system/")).slice(0, METRICS);
  const params = seen.filter((each) => each.kind === "param" && each.differs).slice(0, PARAMS);
  return ["started", "duration", "user", ...[...metrics, ...params].map(columnOf)];
}

/** A key's name as a column: `params.lr`. */
export const columnOf = ({ kind, key }: Pick<Seen, "kind" | "key">): string => `${kind}s.${key}`;

/** The kind and key of a logged column; null for a fact. */
export function loggedOf(column: string): { kind: LoggedKind; key: string } | null {
  const found = /^(params|metrics|tags)\.(.+)$/s.exec(column);
  return found ? { kind: found[1] as LoggedKind, key: found[2] ?? "" } : null;
}

const WIDTHS: Record<string, number> = { status: 104, name: 220, started: 128, duration: 112, user: 112, datasets: 160 };

export function widthOf(column: string): number {
  const logged = loggedOf(column);
  if (logged === null) return WIDTHS[column] ?? 120;
  const words = 44 + logged.key.length * 8;
  return Math.min(Math.max(words, 96), logged.kind === "metrics" ? 200 : 240);
}

const SORTED: Record<string, string> = { started: "start_time", name: "run_name", user: "user_id", status: "status" };

/** What the language calls a column; null where it cannot be asked for. */
export const askedAs = (column: string): string | null => (loggedOf(column) ? column : (SORTED[column] ?? null));

/** "metrics.loss DESC" in its parts. */
export function sortOf(sort: string | undefined): { column: string; descending: boolean } | null {
  const found = /^(.+) (ASC|DESC)$/s.exec(sort ?? "");
  return found ? { column: found[1] ?? "", descending: found[2] === "DESC" } : null;
}

/** The order in the language of the API; none: the last started first. */
export function orderOf(sort: string | undefined, nameOf: (column: string) => string): string[] {
  const found = sortOf(sort);
  const name = found && askedAs(found.column);
  return found && name ? [`${nameOf(name)} ${found.descending ? "DESC" : "ASC"}`] : [];
}

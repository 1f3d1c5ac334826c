// MLflow's search language as far as column filters need it: a text of comparisons joined by AND.
export const OPERATORS = [">", ">=", "<", "<=", "=", "!=", "LIKE", "ILIKE"] as const;
export type Operator = (typeof OPERATORS)[number];

/** The comparisons of a search, one text each; AND within quotes does not part them. */
export function clausesOf(q: string): string[] {
  const parts: string[] = [];
  let quote = "";
  let from = 0;
  for (let at = 0; at < q.length; at += 1) {
    const sign = q.charAt(at);
    if (quote !== "") {
      if (sign === quote) quote = "";
    } else if (sign === "'" || sign === '"' || sign === "`") {
      quote = sign;
    } else if (/^\sAND\s/i.test(q.slice(at, at + 5))) {
      parts.push(q.slice(from, at));
      from = at + 5;
      at += 4;
    }
  }
  return [...parts, q.slice(from)].map((part) => part.trim()).filter(Boolean);
}

/** A key as the language names it: quoted where it is no plain word. */
export function nameOf(column: string): string {
  const dot = column.indexOf(".");
  if (dot < 0) return column;
  const key = column.slice(dot + 1);
  if (/^[A-Za-z_][\w.]*$/.test(key)) return column;
  const mark = key.includes("`") ? '"' : "`";
  return `${column.slice(0, dot)}.${mark}${key}${mark}`;
}

const isNumeric = (column: string): boolean => column.startsWith("metrics.") || column === "start_time" || column === "end_time";

/** One comparison; null when a number is needed and `value` is none. */
export function clause(column: string, operator: Operator, value: string): string | null {
  if (isNumeric(column)) {
    return value.trim() !== "" && Number.isFinite(Number(value)) ? `${nameOf(column)} ${operator} ${value.trim()}` : null;
  }
  const mark = value.includes("'") ? '"' : "'";
  return `${nameOf(column)} ${operator} ${mark}${value}${mark}`;
}

/** The operators that make sense for a column. */
export const operatorsOf = (column: string): Operator[] =>
  OPERATORS.filter((each) => (isNumeric(column) ? !each.endsWith("LIKE") : each === "=" || each === "!=" || each.endsWith("LIKE")));

const isOf = (part: string, column: string): boolean => {
  const name = nameOf(column);
  return part.startsWith(name) && /^[\s<>=!]/.test(part.slice(name.length));
};

/** The comparisons of one column in a search. */
export const clausesFor = (q: string, column: string): string[] => clausesOf(q).filter((part) => isOf(part, column));

/** The search with a comparison more. */
export const withClause = (q: string, added: string): string => [...clausesOf(q).filter((part) => part !== added), added].join(" AND ");

/** The search without one of its comparisons. */
export const withoutClause = (q: string, gone: string): string => clausesOf(q).filter((part) => part !== gone).join(" AND ");

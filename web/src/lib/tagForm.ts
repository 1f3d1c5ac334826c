// A form's fields `name.<n>` and `value.<n>` as pairs, in the order of their numbers.
export interface Entry {
  name: string;
  value: string;
}

export function entriesIn(values: Record<string, string>): Entry[] {
  const numbers = Object.keys(values).flatMap((key) => /^name\.(\d+)$/.exec(key)?.[1] ?? []).map(Number);
  return numbers
    .sort((a, b) => a - b)
    .map((n) => ({ name: (values[`name.${n}`] ?? "").trim(), value: values[`value.${n}`] ?? "" }))
    .filter((entry) => entry.name !== "");
}

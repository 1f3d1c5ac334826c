// What to ask of the lab so that metadata becomes what a form says: null removes an entry.
export function changesTo(before: Record<string, string>, entries: { name: string; value: string }[]): Record<string, string | null> {
  const wanted = Object.fromEntries(entries.map(({ name, value }) => [name, value]));
  const gone = Object.keys(before).filter((name) => !(name in wanted)).map((name): [string, null] => [name, null]);
  const changed = Object.entries(wanted).filter(([name, value]) => before[name] !== value);
  return Object.fromEntries([...gone, ...changed]);
}

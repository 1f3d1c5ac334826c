// Metrics in sections by what stands before the first slash of their names.
export interface Part {
  name: string;
  metrics: string[];
}

/** Those without a slash first, then section by section. */
export function sectionsOf(metrics: readonly string[]): Part[] {
  const parts = new Map<string, string[]>();
  for (const metric of [...metrics].sort()) {
    const slash = metric.indexOf("/");
    const name = slash < 0 ? "" : metric.slice(0, slash);
    parts.set(name, [...(parts.get(name) ?? []), metric]);
  }
  return [...parts].map(([name, its]) => ({ name, metrics: its })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

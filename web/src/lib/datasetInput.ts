// Which file of the lab a run's input is, as the lab's own client names it.
interface Input {
  source_type: string;
  source: string;
}

interface Named {
  kind: "datasets" | "models";
  key: string;
  version: number;
}

/** The file and version, or undefined for what lies elsewhere. */
export function fileOf({ source_type: type, source }: Input): Named | undefined {
  if (type !== "mllab") return undefined;
  try {
    const { key, version } = JSON.parse(source) as { key?: unknown; version?: unknown };
    const found = typeof key === "string" ? /^(datasets|models)\/(.+)$/s.exec(key) : null;
    if (!found || typeof version !== "number") return undefined;
    return { kind: found[1] === "models" ? "models" : "datasets", key: found[2] ?? "", version };
  } catch {
    return undefined;
  }
}

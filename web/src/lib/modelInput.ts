// What a served model wants as input, read from the files that MLflow keeps beside it.

/** The version in `models:/name/3`. */
export const servedVersion = (uri: string | null | undefined): string | null => /^models:\/.+\/(\d+)$/.exec(uri ?? "")?.[1] ?? null;

interface Column {
  name?: string;
  type: string;
  "tensor-spec"?: { dtype: string; shape: number[] };
}

const SAMPLES: Record<string, unknown> = { double: 0.5, float: 0.5, long: 1, integer: 1, boolean: true, string: "text", datetime: "2026-01-01T00:00:00" };

/**
 * A body for `/invocations` made of the signature in an `MLmodel` file (YAML, of which the one
 * line is read that matters: a JSON text in single quotes). Null where it has no signature.
 */
export function bodyOfSignature(file: string): string | null {
  const quoted = /^\s+inputs: '((?:[^']|'')*)'/m.exec(file)?.[1];
  if (quoted === undefined) return null;
  try {
    // YAML folds long lines, and doubles a quote within quotes.
    const columns = JSON.parse(quoted.replace(/\n\s*/g, " ").replaceAll("''", "'")) as Column[];
    return JSON.stringify(bodyOf(columns), null, 2);
  } catch {
    return null;
  }
}

function bodyOf(columns: Column[]): unknown {
  const tensor = columns[0]?.["tensor-spec"];
  if (tensor) return { inputs: filled(tensor.shape.map((size) => (size < 0 ? 1 : size)), SAMPLES[tensor.dtype.replace(/\d+$/, "")] ?? 0.5) };
  const data = [columns.map((column) => SAMPLES[column.type] ?? null)];
  return { dataframe_split: columns.every((column) => column.name !== undefined) ? { columns: columns.map((column) => column.name), data } : { data } };
}

function filled(shape: number[], value: unknown): unknown {
  const [size, ...rest] = shape;
  return size === undefined ? value : Array.from({ length: Math.min(size, 1000) }, () => filled(rest, value));
}

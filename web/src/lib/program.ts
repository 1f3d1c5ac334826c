// What a person types to say what shall run, as the API wants it: variables, lists, limits.

/** `NAME=value` lines; what has no `=` or no right name is a fault. */
export function variablesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of linesOf(text)) {
    const [, name, value] = /^([A-Za-z_]\w*)\s*=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`“${line}” is no variable: write NAME=value.`);
    found[name] = value.trim();
  }
  return found;
}

export const variablesText = (variables: Record<string, string>): string =>
  Object.entries(variables).map(([name, value]) => `${name}=${value}`).join("\n");

/** The lines that say something: comments and empty ones are left out. */
export const linesOf = (text: string): string[] =>
  text.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));

/** Port numbers, however they are set apart. */
export function portsOf(text: string): number[] {
  const parts = text.split(/[\s,;]+/).filter(Boolean);
  return parts.map((part) => {
    const port = Number(part);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`“${part}” is no port.`);
    return port;
  });
}

/** A number above zero, or nothing where the field was left empty. */
export function amountOf(text: string): number | null {
  if (text.trim() === "") return null;
  const value = Number(text.replace(",", "."));
  if (!(value > 0)) throw new Error(`“${text}” is no amount.`);
  return value;
}

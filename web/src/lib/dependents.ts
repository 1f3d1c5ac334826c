// What breaks when a file or a registered model goes: the services and jobs that are defined by it.
interface Use {
  how: "read" | "made" | "code" | "serves";
  name: string;
}

const NAMED = 5;

/** The first few by name, and how many more there are. */
export function dependents(uses: Use[]): { names: string[]; more: number } {
  const names = uses.filter((use) => use.how === "code" || use.how === "serves").map((use) => use.name);
  return { names: names.slice(0, NAMED), more: Math.max(0, names.length - NAMED) };
}

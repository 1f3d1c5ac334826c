// What happened, as a line with a place to go to.
import { t } from "@/texts";

export interface Happens {
  what: keyof typeof t.happening.kinds;
  project: string;
  id: string;
  name: string;
  number?: number | null;
  experiment?: string | null;
}

const FOLDERS: Partial<Record<Happens["what"], string>> = {
  dataset: "datasets", model: "models", job: "jobs", service: "services",
};

/** The address of the thing's page; the project's where it has none. */
export function pathOf({ what, project, id, number, experiment }: Happens): string {
  const own = `/projects/${encodeURIComponent(project)}`;
  if (what === "run") return experiment ? `${own}/experiments/${experiment}/runs/${id}` : `${own}/experiments`;
  const folder = FOLDERS[what];
  if (folder === undefined) return own;
  const path = `${own}/${folder}/${id.split("/").map(encodeURIComponent).join("/")}`;
  return what === "job" && number ? `${path}/runs/${number}` : path;
}

/** What people call the thing: its kind, and a version or number where it has one. */
export function kindOf({ what, number }: Happens): string {
  if (what === "job" && number) return `${t.happening.kinds.job}, ${t.happening.run(number)}`;
  if (number) return `${t.happening.kinds[what]}, ${t.happening.version(number)}`;
  return t.happening.kinds[what];
}

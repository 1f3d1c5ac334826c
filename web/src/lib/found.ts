// Where what the search found has its page.
export interface Found {
  noun: "project" | "dataset" | "model" | "experiment" | "registered-model" | "service" | "job" | "user";
  project?: string | null;
  id: string;
}

const FOLDERS = { dataset: "datasets", model: "models", experiment: "experiments", "registered-model": "registry", service: "services", job: "jobs" } as const;

export function foundPath({ noun, project, id }: Found): string {
  if (noun === "project") return `/projects/${id}`;
  if (noun === "user") return "/admin/users";
  return `/projects/${project ?? ""}/${FOLDERS[noun]}/${id.split("/").map(encodeURIComponent).join("/")}`;
}

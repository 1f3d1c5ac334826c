// The words of where a dataset or model is used, in English.
export const used = {
  tab: "Where used", title: "Where it is used", who: "Who", how: "How", state: "State", at: "When", newest: "newest at each start",
  by: { run: "Run", job: "Job", "job-run": "Job run", service: "Service", workspace: "Workspace of" },
  hows: { read: "read it", made: "made it", code: "is its code", serves: "serves it" },
  version: (n: string) => `version ${n}`, only: (n: number) => `Only what uses version ${n}.`, all: "All versions",
  none: "Nothing in the lab has used it yet. A job, a service or a workspace that reads it appears here by itself:",
  noneOf: (n: number) => `Nothing in the lab has used version ${n} yet. A job, a service or a workspace that reads it appears here by itself:`,
  breaks: (names: string[], more: number) => `These services and jobs run it and fail from then on: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`,
  hint: "A program outside of the lab is not known here, unless it logs a run that names the file.",
};

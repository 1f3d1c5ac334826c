// The words of the administration, in English.
const count = (noun: string) => (n: number) => (n === 1 ? `1 ${noun}` : `${n} ${noun}s`);

export const admin = {
  newUser: "New user", filterUsers: "Filter by name", userHint: "Lower-case letters, digits and hyphens; cannot be changed.", displayName: "Full name", passwordHint: "At least 8 characters. Tell it to them; they can change it.",
  created: (name: string) => `User ${name} created`, manage: "Manage", manageText: (name: string, admin: boolean, active: boolean) => `${name}: ${admin ? "admin" : "user"}, ${active ? "active" : "deactivated"}`, you: "you", state: "State", active: "active", inactive: "deactivated",
  reset: "Reset password", resetTitle: (name: string) => `New password for ${name}`, resetText: "Their sessions end; API tokens stay.", resetDone: (name: string) => `${name} has a new password`,
  makeAdmin: "Make admin", takeAdmin: "Take admin rights", deactivate: "Deactivate", activate: "Activate",
  ask: (verb: string, name: string) => `${verb}: ${name}?`,
  makeAdminText: "Admins see and change everything in this lab.", takeAdminText: "They keep their roles in projects.",
  deactivateText: "They cannot sign in, and their tokens stop working at once. Nothing is deleted.", activateText: "They can sign in again.",
  removeText: "The account goes with its tokens and memberships. Projects and what they made stay.",
  filterProjects: "Filter by name or title", owners: "Owners", holds: "Holds", storage: "Storage", nothingHeld: "nothing yet", deleting: "being deleted", noOwner: "nobody",
  held: { datasets: count("dataset"), models: count("model"), runs: count("run"), jobs: count("job"), services: count("service") },
  kind: "Kind", anyKind: "Any kind", anyState: "Any state", ofUser: "Of user", ofProject: "In project",
  chosen: "Choose", choose: (name: string) => `Choose ${name}`, what: "Workload", user: "User", memory: "Memory", cpu: "CPU", started: "Started",
  stop: "Stop", stopChosen: (n: number) => (n === 0 ? "Stop" : `Stop ${n}`), stopTitle: (n: number) => (n === 1 ? "Stop this workload?" : `Stop these ${n} workloads?`), stopping: (n: number) => `${n} asked to stop`,
  lab: "The lab", works: "works", degraded: "degraded", fails: "fails", part: "Part", fault: "What is wrong",
  orphans: "Left over", orphansText: "What the runtime keeps under this lab's name though its workload, project or user is not known any more. What is younger than ten minutes is not listed.", noOrphans: "Nothing is left over.", orphan: "What", wasOf: "Was of",
  removeOrphans: (n: number) => `Remove ${n}`, removeOrphansTitle: (n: number) => (n === 1 ? "Remove what is left over?" : `Remove these ${n}?`), removeOrphansText: "They go with their data; what runs is ended. This cannot be undone.", orphansRemoved: (n: number) => `${n} removed`,
  settingsText: "As they stand since the lab was started. They come from flags, environment variables and the settings file; secrets are shown only as set or not.",
  filterSettings: "Filter settings", setting: "Setting", value: "Value", source: "From", sources: { default: "default", environment: "environment", given: "flag or file" },
};

// The deploy form's fields and the spec that they mean.
import { imageOf } from "./images";
import { amountOf, linesOf, portsOf, variablesOf, variablesText } from "./program";

export type CodeKind = "none" | "kept" | "file" | "git" | "dataset";

export interface ServiceForm {
  name: string;
  kind: "command" | "model";
  command: string;
  model: string;
  /** "" is the newest, "v:3" a version, "a:best" an alias. */
  which: string;
  ports: string;
  healthPath: string;
  codeKind: CodeKind;
  code: string;
  file?: FileList;
  requirements: string;
  variables: string;
  image: string;
  cpu: string;
  memory: string;
  restart: boolean;
}

type Code = { kind: "upload"; id: string } | { kind: "git"; url: string } | { kind: "dataset"; key: string; version?: number | null };

interface Limits {
  cpu_cores?: number | null;
  memory_mib?: number | null;
  gpus: number;
  gpu_ids: string[];
}

export interface Spec {
  command?: string | null;
  model?: { name: string; version?: string | null; alias?: string | null } | null;
  code?: Code | null;
  requirements: string[];
  environment: Record<string, string>;
  ports: number[];
  health_path?: string | null;
  image?: string | null;
  limits: Limits;
  restart: boolean;
}

interface Hints {
  kind?: "command" | "model" | undefined;
  model?: string | undefined;
  version?: string | undefined;
  alias?: string | undefined;
}

export function emptyForm({ kind, model, version, alias }: Hints = {}): ServiceForm {
  return {
    name: "", kind: kind ?? (model ? "model" : "command"), command: "", model: model ?? "", which: whichOf(version, alias),
    ports: "8080", healthPath: "", codeKind: "none", code: "", requirements: "", variables: "", image: "", cpu: "", memory: "", restart: true,
  };
}

export const whichOf = (version?: string | null, alias?: string | null): string =>
  version ? `v:${version}` : alias ? `a:${alias}` : "";

/** The form that shows a spec, to change it. */
export function formOf(name: string, spec: Spec): ServiceForm {
  return {
    ...emptyForm(),
    name,
    kind: spec.model ? "model" : "command",
    command: spec.command ?? "",
    model: spec.model?.name ?? "",
    which: whichOf(spec.model?.version, spec.model?.alias),
    ports: spec.ports.join(", "),
    healthPath: spec.health_path ?? "",
    codeKind: spec.code ? "kept" : "none",
    requirements: spec.requirements.join("\n"),
    variables: variablesText(spec.environment),
    image: spec.image ?? "",
    cpu: spec.limits.cpu_cores?.toString() ?? "",
    memory: spec.limits.memory_mib?.toString() ?? "",
    restart: spec.restart,
  };
}

/** The spec that the form means. `before` is what is changed; `code` the id of a file that was sent. Throws what is wrong. */
export function specOf(form: ServiceForm, before: Spec | null, code: string | null): Spec {
  const isModel = form.kind === "model";
  const [kind, which] = [form.which.slice(0, 2), form.which.slice(2)];
  return {
    command: isModel ? null : form.command,
    model: isModel ? { name: form.model, version: kind === "v:" ? which : null, alias: kind === "a:" ? which : null } : null,
    code: codeOf(form, before, code),
    requirements: linesOf(form.requirements),
    environment: variablesOf(form.variables),
    ports: form.ports.trim() === "" ? [8080] : portsOf(form.ports),
    health_path: isModel || form.healthPath.trim() === "" ? null : form.healthPath.trim(),
    image: imageOf(form.image),
    limits: { gpus: 0, gpu_ids: [], ...before?.limits, cpu_cores: amountOf(form.cpu), memory_mib: amountOf(form.memory) },
    restart: form.restart,
  };
}

function codeOf(form: ServiceForm, before: Spec | null, sent: string | null): Code | null {
  switch (form.codeKind) {
    case "kept": return before?.code ?? null;
    case "file": return sent === null ? null : { kind: "upload", id: sent };
    case "git": return { kind: "git", url: form.code.trim() };
    case "dataset": return { kind: "dataset", key: form.code.trim().replace(/^datasets\//, "") };
    case "none": return null;
  }
}

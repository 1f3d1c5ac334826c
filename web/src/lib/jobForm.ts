// The job form's fields and the spec that they mean.
import { imageOf } from "./images";
import { amountOf, linesOf, variablesOf, variablesText } from "./program";

export type CodeKind = "none" | "kept" | "file" | "folder" | "git" | "dataset";

export interface JobForm {
  name: string;
  command: string;
  codeKind: CodeKind;
  code: string;
  file?: FileList;
  folder?: FileList;
  requirements: string;
  variables: string;
  image: string;
  cpu: string;
  memory: string;
  gpus: string;
  timeout: string;
  retries: string;
}

type Code = { kind: "upload"; id: string } | { kind: "git"; url: string } | { kind: "dataset"; key: string; version?: number | null };

export interface JobSpec {
  command: string;
  code?: Code | null;
  requirements: string[];
  environment: Record<string, string>;
  image?: string | null;
  limits: { cpu_cores?: number | null; memory_mib?: number | null; gpus: number; gpu_ids: string[] };
  timeout_s?: number | null;
  retries: number;
}

export function formOf(name: string, spec: JobSpec | null): JobForm {
  return {
    name,
    command: spec?.command ?? "",
    codeKind: spec?.code ? "kept" : "none",
    code: "",
    requirements: (spec?.requirements ?? []).join("\n"),
    variables: variablesText(spec?.environment ?? {}),
    image: spec?.image ?? "",
    cpu: spec?.limits.cpu_cores?.toString() ?? "",
    memory: spec?.limits.memory_mib?.toString() ?? "",
    gpus: spec?.limits.gpus ? String(spec.limits.gpus) : "",
    timeout: spec?.timeout_s ? String(spec.timeout_s / 60) : "",
    retries: spec?.retries ? String(spec.retries) : "",
  };
}

/** The spec that the form means. `before` is what is changed; `sent` the id of code that was sent. Throws what is wrong. */
export function specOf(form: JobForm, before: JobSpec | null, sent: string | null): JobSpec {
  const minutes = amountOf(form.timeout);
  return {
    command: form.command,
    code: codeOf(form, before, sent),
    requirements: linesOf(form.requirements),
    environment: variablesOf(form.variables),
    image: imageOf(form.image),
    limits: { cpu_cores: amountOf(form.cpu), memory_mib: amountOf(form.memory), gpus: countOf(form.gpus), gpu_ids: countOf(form.gpus) > 0 ? [] : (before?.limits.gpu_ids ?? []) },
    timeout_s: minutes === null ? null : Math.max(1, Math.round(minutes * 60)),
    retries: countOf(form.retries),
  };
}

function countOf(text: string): number {
  const value = Number(text.trim() || 0);
  if (!Number.isInteger(value) || value < 0) throw new Error(`“${text}” is no whole number.`);
  return value;
}

function codeOf(form: JobForm, before: JobSpec | null, sent: string | null): Code | null {
  switch (form.codeKind) {
    case "kept": return before?.code ?? null;
    case "file":
    case "folder": return sent === null ? null : { kind: "upload", id: sent };
    case "git": return { kind: "git", url: form.code.trim() };
    case "dataset": return { kind: "dataset", key: form.code.trim().replace(/^datasets\//, "") };
    case "none": return null;
  }
}

/** What a spec's code is, in a few words. */
export function codeText(code: Code | null | undefined): string {
  if (!code) return "";
  if (code.kind === "git") return code.url;
  return code.kind === "dataset" ? `datasets/${code.key}${code.version ? ` (version ${code.version})` : ""}` : code.id;
}

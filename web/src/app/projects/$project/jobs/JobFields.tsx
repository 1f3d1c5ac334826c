import { ChevronRight } from "lucide-react";
import { useEffect, useRef } from "react";
import { Controller, type UseFormReturn, useWatch } from "react-hook-form";

import { Field, Input, Textarea } from "@/components/ui/Field";
import { Select } from "@/components/ui/Select";
import type { CodeKind, JobForm } from "@/lib/jobForm";
import { type LimitRules, limitWords } from "@/lib/limits";
import { t } from "@/texts";

const FILE = "py-1.5 file:mr-3 file:border-0 file:bg-transparent file:font-medium file:text-accent";

function FolderInput({ onChoose }: { onChoose: (files: FileList | undefined) => void }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.setAttribute("webkitdirectory", ""), []); // React has no such property
  return (
    <Field label={t.jobs.folder} hint={t.jobs.folderHint}>
      <input ref={input} type="file" onChange={(event) => onChoose(event.target.files ?? undefined)} className={`mt-1 block h-9 w-full rounded-md border border-field bg-bg px-2 text-base pointer-coarse:h-11 ${FILE}`} />
    </Field>
  );
}

/** Where the code comes from. */
export function CodeFields({ form, keeps }: { form: UseFormReturn<JobForm>; keeps: boolean }) {
  const kind = useWatch({ control: form.control, name: "codeKind" });
  const kinds: CodeKind[] = [...(keeps ? ["kept" as const] : []), "none", "file", "folder", "git", "dataset"];
  return (
    <>
      <div className="mb-4">
        <p className="mb-1 font-medium" aria-hidden>{t.jobs.code}</p>
        <Controller
          control={form.control}
          name="codeKind"
          render={({ field }) => <Select label={t.jobs.code} value={field.value} onChange={field.onChange} options={kinds.map((each) => ({ value: each, label: t.jobs.codeKinds[each] }))} />}
        />
      </div>
      {kind === "file" && <Field label={t.jobs.file} hint={t.jobs.fileHint}><Input type="file" {...form.register("file")} className={FILE} /></Field>}
      {kind === "folder" && <FolderInput onChoose={(files) => form.setValue("folder", files)} />}
      {kind === "git" && <Field label={t.jobs.git} hint={t.jobs.gitHint}><Input {...form.register("code")} required placeholder="git+https://github.com/org/app.git@main" spellCheck={false} /></Field>}
      {kind === "dataset" && <Field label={t.jobs.dataset} hint={t.jobs.datasetHint}><Input {...form.register("code")} required placeholder="train.zip" spellCheck={false} /></Field>}
    </>
  );
}

/** What most jobs need not say. */
export function LimitFields({ form, open, rules }: { form: UseFormReturn<JobForm>; open: boolean; rules: LimitRules | undefined }) {
  const [cpu, memory] = [limitWords(rules, "cpu_cores"), limitWords(rules, "memory_mib")];
  const hasGpus = rules?.capabilities.includes("gpus") === true || Boolean(form.formState.defaultValues?.gpus);
  return (
    <details open={open} className="group mb-4 rounded-md border border-line px-3">
      <summary className="flex min-h-10 items-center gap-2 font-medium"><ChevronRight size={14} aria-hidden className="shrink-0 text-muted group-open:rotate-90" />{t.jobs.limits}</summary>
      <div className="grid gap-x-4 pt-2 sm:grid-cols-3">
        <Field label={t.jobs.cpu} hint={cpu.hint}><Input {...form.register("cpu")} inputMode="decimal" placeholder={cpu.placeholder} /></Field>
        <Field label={t.jobs.memory} hint={memory.hint}><Input {...form.register("memory")} inputMode="numeric" placeholder={memory.placeholder} /></Field>
        {hasGpus && <Field label={t.jobs.gpus}><Input {...form.register("gpus")} inputMode="numeric" placeholder="0" /></Field>}
        <Field label={t.jobs.timeout}><Input {...form.register("timeout")} inputMode="decimal" placeholder={t.jobs.noLimit} /></Field>
        <Field label={t.jobs.retries}><Input {...form.register("retries")} inputMode="numeric" placeholder="0" /></Field>
      </div>
    </details>
  );
}

/** Packages and variables, one a line. */
export function SetupFields({ form }: { form: UseFormReturn<JobForm> }) {
  return (
    <div className="grid gap-x-4 sm:grid-cols-2">
      <Field label={t.jobs.requirements} hint={t.jobs.requirementsHint}><Textarea {...form.register("requirements")} className="font-mono" placeholder="pandas>=2" spellCheck={false} /></Field>
      <Field label={t.jobs.variables} hint={t.jobs.variablesHint}><Textarea {...form.register("variables")} className="font-mono" placeholder="EPOCHS=3" spellCheck={false} /></Field>
    </div>
  );
}

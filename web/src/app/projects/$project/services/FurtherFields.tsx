import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { Controller, type UseFormReturn, useWatch } from "react-hook-form";

import { Field, Input, Textarea } from "@/components/ui/Field";
import { Select } from "@/components/ui/Select";
import { ImageField } from "@/components/workload/ImageField";
import { aboutQuery } from "@/data/about";
import { limitWords } from "@/lib/limits";
import type { CodeKind, ServiceForm } from "@/lib/serviceForm";
import { t } from "@/texts";

interface Props {
  form: UseFormReturn<ServiceForm>;
  /** Whether there is code that can stay. */
  keeps: boolean;
  open: boolean;
}

function Code({ form, keeps }: Omit<Props, "open">) {
  const kind = useWatch({ control: form.control, name: "codeKind" });
  const kinds: CodeKind[] = [...(keeps ? ["kept" as const] : []), "none", "file", "git", "dataset"];
  return (
    <>
      <div className="mb-4">
        <p className="mb-1 font-medium" aria-hidden>{t.services.code}</p>
        <Controller
          control={form.control}
          name="codeKind"
          render={({ field }) => <Select label={t.services.code} value={field.value} onChange={field.onChange} options={kinds.map((each) => ({ value: each, label: t.services.codeKinds[each] }))} />}
        />
      </div>
      {kind === "file" && (
        <Field label={t.services.file} hint={t.services.fileHint}>
          <Input type="file" {...form.register("file")} className="py-1.5 file:mr-3 file:border-0 file:bg-transparent file:font-medium file:text-accent" />
        </Field>
      )}
      {kind === "git" && <Field label={t.services.git} hint={t.services.gitHint}><Input {...form.register("code")} required placeholder="git+https://github.com/org/app.git@main" spellCheck={false} /></Field>}
      {kind === "dataset" && <Field label={t.services.dataset}><Input {...form.register("code")} required placeholder="app.zip" spellCheck={false} /></Field>}
    </>
  );
}

/** What most services need not say: ports, health, code, packages, variables, limits. */
export function FurtherFields({ form, keeps, open }: Props) {
  const kind = useWatch({ control: form.control, name: "kind" });
  const { data: about } = useQuery(aboutQuery);
  const images = about?.images;
  const [cpu, memory] = [limitWords(about, "cpu_cores"), limitWords(about, "memory_mib")];
  return (
    <details open={open} className="group mb-4 rounded-md border border-line px-3">
      <summary className="flex min-h-10 items-center gap-2 font-medium"><ChevronRight size={14} aria-hidden className="shrink-0 text-muted group-open:rotate-90" />{t.services.further}</summary>
      <div className="pt-2">
        {kind === "command" && (
          <div className="grid gap-x-4 sm:grid-cols-2">
            <Field label={t.services.ports} hint={t.services.portsHint}><Input {...form.register("ports")} /></Field>
            <Field label={t.services.healthPath} hint={t.services.healthHint}><Input {...form.register("healthPath")} placeholder="/health" pattern="/.*" spellCheck={false} /></Field>
          </div>
        )}
        {kind === "command" && <Code form={form} keeps={keeps} />}
        <Field label={t.services.requirements} hint={t.services.requirementsHint}><Textarea {...form.register("requirements")} className="font-mono" placeholder="fastapi>=0.120" spellCheck={false} /></Field>
        <Field label={t.services.variables} hint={t.services.variablesHint}><Textarea {...form.register("variables")} className="font-mono" placeholder="LOG_LEVEL=info" spellCheck={false} /></Field>
        <ImageField images={images} own={kind === "model" ? images?.model : images?.default} {...form.register("image")} />
        <div className="grid gap-x-4 sm:grid-cols-2">
          <Field label={t.services.cpu} hint={cpu.hint}><Input {...form.register("cpu")} inputMode="decimal" placeholder={cpu.placeholder} /></Field>
          <Field label={t.services.memory} hint={memory.hint}><Input {...form.register("memory")} inputMode="numeric" placeholder={memory.placeholder} /></Field>
        </div>
        <label className="mb-4 inline-flex min-h-9 items-center gap-2">
          <input type="checkbox" {...form.register("restart")} className="size-4 accent-accent" />
          {t.services.restartField}
        </label>
      </div>
    </details>
  );
}

import { useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";

import { Button, IconButton } from "@/components/ui/Button";
import { Field, Input } from "@/components/ui/Field";
import { FormDialog } from "@/components/ui/FormDialog";
import { Section } from "@/components/ui/Page";
import { changeRun } from "@/data/runs";
import type { Run } from "@/data/schema";
import { t } from "@/texts";

/** A run's tags, but for those in which mlflow keeps what the page shows elsewhere. */
export function Tags({ run, edits }: { run: Run; edits: boolean }) {
  const client = useQueryClient();
  const change = async (tags: Record<string, string | null>) => {
    await changeRun(run.project, run.id, { tags });
    await client.invalidateQueries({ queryKey: ["run", run.project, run.id] });
  };
  const shown = Object.entries(run.tags).filter(([key]) => !key.startsWith("mlflow."));
  const add = (
    <FormDialog trigger={<Button look="quiet">{t.experiments.addTag}</Button>} title={t.experiments.addTag} action={t.common.save} onSubmit={(values) => change({ [(values.key ?? "").trim()]: values.value ?? "" })}>
      <Field label={t.experiments.key}><Input name="key" required maxLength={250} autoComplete="off" /></Field>
      <Field label={t.experiments.value}><Input name="value" autoComplete="off" /></Field>
    </FormDialog>
  );
  return (
    <Section title={t.experiments.tags} actions={edits && add}>
      {shown.length === 0 && <p className="text-muted">{t.experiments.noTags}</p>}
      <ul className="flex flex-wrap gap-2">
        {shown.map(([key, value]) => (
          <li key={key} className="inline-flex min-h-8 max-w-full items-center gap-1.5 rounded-md bg-off-bg pl-2.5 text-off">
            <span className="py-1 break-all">{key}<span className="text-text">{value && `: ${value}`}</span></span>
            {edits ? <IconButton label={`${t.common.remove}: ${key}`} className="h-8! w-8!" onClick={() => void change({ [key]: null })}><X size={12} aria-hidden /></IconButton> : <span className="w-1" />}
          </li>
        ))}
      </ul>
    </Section>
  );
}

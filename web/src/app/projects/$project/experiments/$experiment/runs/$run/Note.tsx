import { useQueryClient } from "@tanstack/react-query";

import { Markdown } from "@/components/markdown/Markdown";
import { Button } from "@/components/ui/Button";
import { Field, Textarea } from "@/components/ui/Field";
import { FormDialog } from "@/components/ui/FormDialog";
import { Section } from "@/components/ui/Page";
import { changeRun } from "@/data/runs";
import type { Run } from "@/data/schema";
import { t } from "@/texts";

/** What somebody wrote about the run, as Markdown. */
export function Note({ run, edits }: { run: Run; edits: boolean }) {
  const client = useQueryClient();
  const note = run.tags["mlflow.note.content"] ?? "";
  const save = async (values: Record<string, string>) => {
    await changeRun(run.project, run.id, { note: values.note ?? "" });
    await client.invalidateQueries({ queryKey: ["run", run.project, run.id] });
  };
  if (note === "" && !edits) return null;
  const edit = (
    <FormDialog trigger={<Button look="quiet">{note ? t.experiments.edit : t.experiments.addNote}</Button>} title={t.experiments.note} action={t.common.save} onSubmit={save}>
      <Field label={t.experiments.note} hint={t.common.markdownHint}><Textarea name="note" rows={10} defaultValue={note} /></Field>
    </FormDialog>
  );
  return <Section title={t.experiments.note} actions={edits && edit}>{note ? <Markdown text={note} className="max-w-prose whitespace-pre-line" /> : <p className="text-muted">{t.experiments.noNote}</p>}</Section>;
}

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";

import { Button } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { Field, Input, Textarea } from "@/components/ui/Field";
import { FormDialog } from "@/components/ui/FormDialog";
import { say } from "@/components/ui/Toasts";
import { changeExperiment, createExperiment, deleteExperiment, restoreExperiment } from "@/data/experiments";
import type { Experiment } from "@/data/schema";
import { cx } from "@/lib/cx";
import { t } from "@/texts";

export function NewExperiment({ project }: { project: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = async (values: Record<string, string>) => {
    const made = await createExperiment(project, (values.name ?? "").trim());
    await client.invalidateQueries({ queryKey: ["experiment", project] });
    await navigate({ to: "/projects/$project/experiments/$experiment", params: { project, experiment: made.id } });
  };
  return (
    <FormDialog trigger={<Button look="primary"><Plus size={16} aria-hidden />{t.experiments.create}</Button>} title={t.experiments.create} action={t.experiments.make} onSubmit={create}>
      <Field label={t.experiments.name} hint={t.experiments.nameHint}><Input name="name" required maxLength={500} autoComplete="off" /></Field>
    </FormDialog>
  );
}

/** Rename, delete, restore; `look` fits a table's row or a page's head. */
export function ExperimentActions({ experiment, look = "quiet" }: { experiment: Experiment; look?: "quiet" | "plain" }) {
  const client = useQueryClient();
  const { project, id, name } = experiment;
  const done = async (text: string) => {
    await client.invalidateQueries({ queryKey: ["experiment", project] });
    say(text);
  };
  const rename = async (values: Record<string, string>) => {
    const next = (values.name ?? "").trim();
    await changeExperiment(project, id, { note: values.note ?? "", ...(next === name ? {} : { name: next }) });
    await done(t.experiments.renamed(next));
  };
  const remove = async () => {
    await deleteExperiment(project, id);
    await done(t.experiments.deletedToast(name));
  };
  const restore = async () => {
    await restoreExperiment(project, id);
    await done(t.experiments.restored(name));
  };
  if (experiment.lifecycle === "deleted") return <Button look={look} aria-label={`${t.experiments.restore}: ${name}`} onClick={() => void restore()}>{t.experiments.restore}</Button>;
  return (
    <span className={cx("inline-flex justify-end", look === "plain" ? "gap-2" : "gap-1")}>
      <FormDialog trigger={<Button look={look} aria-label={`${t.experiments.edit}: ${name}`}>{t.experiments.edit}</Button>} title={t.experiments.editTitle(name)} action={t.common.save} onSubmit={rename}>
        <Field label={t.experiments.name}><Input name="name" required maxLength={500} defaultValue={name} autoComplete="off" /></Field>
        <Field label={t.experiments.note} hint={t.common.markdownHint}><Textarea name="note" defaultValue={experiment.tags["mlflow.note.content"] ?? ""} /></Field>
      </FormDialog>
      {id !== "0" && (
        <Confirm trigger={<Button look={look === "plain" ? "danger" : look} aria-label={`${t.common.remove}: ${name}`}>{t.common.remove}</Button>} title={t.experiments.removeTitle(name)} action={t.common.remove} onConfirm={remove}>
          {t.experiments.removeText}
        </Confirm>
      )}
    </span>
  );
}

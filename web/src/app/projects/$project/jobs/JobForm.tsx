import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";

import { Button } from "@/components/ui/Button";
import { ErrorText } from "@/components/ui/ErrorPanel";
import { Field, Input, Textarea } from "@/components/ui/Field";
import { say } from "@/components/ui/Toasts";
import { ImageField } from "@/components/workload/ImageField";
import { aboutQuery } from "@/data/about";
import { changeJob, createJob, startRun } from "@/data/jobs";
import type { Job } from "@/data/schema";
import { sendCode } from "@/data/services";
import { formOf, type JobForm as Values, specOf } from "@/lib/jobForm";
import { folderFiles, tarGz } from "@/lib/tar";
import { t } from "@/texts";

import { CodeFields, LimitFields, SetupFields } from "./JobFields";

interface Props {
  project: string;
  /** The job that is changed; without it a new one is made and run. */
  before?: Job;
  onDone: (job: string, run: number | null) => void;
  onCancel: () => void;
}

async function chosenFile(values: Values): Promise<File | null> {
  if (values.codeKind !== "file" && values.codeKind !== "folder") return null;
  const files = values.codeKind === "file" ? values.file : values.folder;
  const first = files?.[0];
  if (files === undefined || first === undefined) throw new Error(t.jobs.noFile);
  return values.codeKind === "file" ? first : new File([await tarGz(folderFiles(files))], "code.tar.gz");
}

async function send(project: string, values: Values, before: Job | undefined): Promise<{ job: string; run: number | null }> {
  specOf(values, before?.spec ?? null, null); // says what is wrong before anything is sent
  const file = await chosenFile(values);
  const spec = specOf(values, before?.spec ?? null, file && (await sendCode(project, file)));
  if (before) {
    await changeJob(project, before.name, spec);
    return { job: before.name, run: null };
  }
  await createJob(project, { name: values.name, spec });
  return { job: values.name, run: (await startRun(project, values.name)).number };
}

/** Says what a job does. */
export function JobForm({ project, before, onDone, onCancel }: Props) {
  const client = useQueryClient();
  const { data: about } = useQuery(aboutQuery);
  const form = useForm<Values>({ defaultValues: formOf(before?.name ?? "", before?.spec ?? null) });
  const save = useMutation({
    mutationFn: (values: Values) => send(project, values, before),
    onSuccess: async ({ job, run }) => {
      await client.invalidateQueries({ queryKey: ["job", project] });
      say(run === null ? t.jobs.changed(job) : t.jobs.started(job, run));
      onDone(job, run);
    },
  });
  return (
    <form onSubmit={(event) => void form.handleSubmit((values) => save.mutate(values))(event)}>
      {!before && (
        <Field label={t.jobs.name} hint={t.jobs.nameHint}>
          <Input {...form.register("name")} required autoComplete="off" pattern="[a-z][a-z0-9\-]{0,39}" />
        </Field>
      )}
      <Field label={t.jobs.command} hint={t.jobs.commandHint}>
        <Textarea {...form.register("command")} required rows={2} className="min-h-14! font-mono" placeholder={t.jobs.commandExample} spellCheck={false} />
      </Field>
      <CodeFields form={form} keeps={before?.spec.code != null} />
      <SetupFields form={form} />
      <ImageField images={about?.images} {...form.register("image")} />
      <LimitFields form={form} open={before !== undefined} rules={about} />
      <ErrorText error={save.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>{t.common.cancel}</Button>
        <Button type="submit" look="primary" busy={save.isPending}>{before ? t.jobs.save : t.jobs.createAndRun}</Button>
      </div>
    </form>
  );
}

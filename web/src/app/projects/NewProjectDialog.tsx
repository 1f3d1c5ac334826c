import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useForm } from "react-hook-form";

import { Button } from "@/components/ui/Button";
import { Dialog } from "@/components/ui/Dialog";
import { ErrorText } from "@/components/ui/ErrorPanel";
import { Field, Input, Textarea } from "@/components/ui/Field";
import { say } from "@/components/ui/Toasts";
import { createProject } from "@/data/projects";
import { t } from "@/texts";

interface Values {
  name: string;
  title: string;
  description: string;
}

export function NewProjectDialog({ trigger }: { trigger: ReactElement }) {
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const form = useForm<Values>({ defaultValues: { name: "", title: "", description: "" } });
  const create = useMutation({
    mutationFn: createProject,
    onSuccess: async (project) => {
      await client.invalidateQueries({ queryKey: ["project"] });
      setOpen(false);
      form.reset();
      say(t.projects.created_toast(project.name));
    },
  });
  return (
    <Dialog open={open} onOpenChange={setOpen} title={t.projects.create} trigger={trigger}>
      <form onSubmit={(event) => void form.handleSubmit((values) => create.mutate(values))(event)}>
        <Field label={t.projects.name} hint={t.projects.nameHint}><Input {...form.register("name")} required autoComplete="off" pattern="[a-z][a-z0-9\-]{0,39}" /></Field>
        <Field label={t.projects.titleField}><Input {...form.register("title")} /></Field>
        <Field label={t.projects.description} hint={t.common.markdownHint}><Textarea {...form.register("description")} /></Field>
        <ErrorText error={create.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={() => setOpen(false)}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={create.isPending}>{t.projects.create}</Button>
        </div>
      </form>
    </Dialog>
  );
}

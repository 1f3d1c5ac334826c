import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useForm } from "react-hook-form";

import { Markdown } from "@/components/markdown/Markdown";
import { Button } from "@/components/ui/Button";
import { CopyButton } from "@/components/ui/CodeLine";
import { Confirm } from "@/components/ui/Confirm";
import { ErrorText } from "@/components/ui/ErrorPanel";
import { Field, Input, Textarea } from "@/components/ui/Field";
import { Facts, Page, Section } from "@/components/ui/Page";
import { Ago } from "@/components/ui/Time";
import { say } from "@/components/ui/Toasts";
import { overviewQuery } from "@/data/overview";
import { changeProject, deleteProject, mayOwn, projectQuery } from "@/data/projects";
import type { Project } from "@/data/schema";
import { goesWith } from "@/lib/overview";
import { t } from "@/texts";

export function ProjectSettingsPage() {
  const { project: name } = useParams({ from: "/projects/$project" });
  const { data: project } = useSuspenseQuery(projectQuery(name));
  return (
    <Page title={t.project.settings}>
      <Facts
        facts={[
          [t.projects.name, <span key="name" className="inline-flex items-center gap-1"><code>{name}</code><CopyButton text={name} /></span>],
          [t.projects.created, <span key="at"><Ago at={project.created_at} /> {t.projects.by} {project.created_by}</span>],
          [t.project.yourRole, project.role ? t.members.roles[project.role] : t.project.asAdmin],
        ]}
      />
      {mayOwn(project) ? <><Words project={project} /><Removal name={name} /></> : <Markdown text={project.description} from={2} className="max-w-prose whitespace-pre-line text-muted" />}
    </Page>
  );
}

function Words({ project }: { project: Project }) {
  const client = useQueryClient();
  const form = useForm({ values: { title: project.title, description: project.description } });
  const save = useMutation({
    mutationFn: (values: { title: string; description: string }) => changeProject(project.name, values),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["project"] });
      say(t.project.saved);
    },
  });
  return (
    <Section title={t.project.words}>
      <form className="max-w-xl" onSubmit={(event) => void form.handleSubmit((values) => save.mutate(values))(event)}>
        <Field label={t.projects.titleField}><Input {...form.register("title")} maxLength={200} /></Field>
        <Field label={t.projects.description} hint={t.common.markdownHint}><Textarea {...form.register("description")} rows={4} /></Field>
        <ErrorText error={save.error} />
        <Button type="submit" look="primary" busy={save.isPending} disabled={!form.formState.isDirty}>{t.common.save}</Button>
      </form>
    </Section>
  );
}

function Removal({ name }: { name: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: overview } = useQuery(overviewQuery(name));
  const remove = async () => {
    await deleteProject(name);
    await navigate({ to: "/projects" });
    await client.invalidateQueries({ queryKey: ["project"] });
    say(t.project.deleted(name));
  };
  const goes = overview ? goesWith(overview) : [];
  return (
    <Section title={t.project.removal}>
      <p className="mb-3 max-w-prose text-muted">{t.project.removalText}</p>
      <Confirm trigger={<Button look="danger">{t.project.remove}</Button>} title={t.project.removeTitle(name)} action={t.project.remove} typed={name} onConfirm={remove}>
        <p className="mb-2">{goes.length > 0 ? t.project.goes : t.project.goesNothing}</p>
        {goes.length > 0 && <ul className="list-disc pl-5">{goes.map((line) => <li key={line}>{line}</li>)}</ul>}
      </Confirm>
    </Section>
  );
}

import { useInfiniteQuery, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Rocket } from "lucide-react";

import { Markdown } from "@/components/markdown/Markdown";
import { Button, LinkButton } from "@/components/ui/Button";
import { CodeLine } from "@/components/ui/CodeLine";
import { Confirm } from "@/components/ui/Confirm";
import { Loaded } from "@/components/ui/Loaded";
import { MoreButton } from "@/components/ui/MoreButton";
import { Facts, Page, Section } from "@/components/ui/Page";
import { Ago } from "@/components/ui/Time";
import { say } from "@/components/ui/Toasts";
import { mayEdit, projectQuery } from "@/data/projects";
import { changeRegistered, deleteRegistered, registeredQuery, versionsQuery } from "@/data/registry";
import type { RegisteredModel } from "@/data/schema";
import { servingQuery } from "@/data/uses";
import { dependents } from "@/lib/dependents";
import { newestOf } from "@/lib/newest";
import { t } from "@/texts";

import { NotesDialog } from "./NotesDialog";
import { Versions } from "./Versions";

export function RegisteredPage() {
  const { project: id, name } = useParams({ from: "/projects/$project/registry/$name" });
  const { data: project } = useSuspenseQuery(projectQuery(id));
  const query = useQuery(registeredQuery(id, name));
  const edits = mayEdit(project);
  const model = query.data;
  return (
    <Page
      title={name}
      actions={model && edits && (
        <>
          {newestOf(model) && (
            <LinkButton look="primary" to="/projects/$project/services" params={{ project: id }} search={deploys(model)}><Rocket size={16} aria-hidden />{t.registry.deploy}</LinkButton>
          )}
          <NotesDialog
            project={id}
            title={t.registry.editModel(name)}
            trigger={<Button>{t.registry.edit}</Button>}
            description={model.description}
            tags={model.tags}
            save={(notes) => changeRegistered(id, name, notes)}
          />
          <Removal model={model} />
        </>
      )}
    >
      <Loaded query={query}>{(its) => <Registered model={its} edits={edits} />}</Loaded>
    </Page>
  );
}

/** The form that deploys it, filled in: by its first alias, else its newest version. */
function deploys(model: RegisteredModel) {
  const [alias] = Object.keys(model.aliases);
  return { deploy: "model", model: model.name, ...(alias ? { alias } : { version: newestOf(model)?.version }) } as const;
}

function Registered({ model, edits }: { model: RegisteredModel; edits: boolean }) {
  const query = useInfiniteQuery(versionsQuery(model.project, model.name));
  const { data: serving = [] } = useInfiniteQuery(servingQuery(model.project, model.name));
  const [alias] = Object.keys(model.aliases);
  const tags = Object.entries(model.tags).map(([key, value]) => (value ? `${key}: ${value}` : key));
  const newest = newestOf(model);
  return (
    <>
      {model.description && <Markdown text={model.description} from={2} className="mb-4 max-w-prose whitespace-pre-line text-muted" />}
      <Facts
        facts={[
          [t.registry.made, <Ago key="made" at={model.created_at} />],
          [t.registry.changed, <Ago key="changed" at={model.updated_at} />],
          ...(tags.length > 0 ? [[t.registry.tags, tags.join(", ")] as [string, string]] : []),
        ]}
      />
      <Section title={t.registry.versions}>
        <Loaded query={query}>
          {(versions) => (versions.length === 0 ? <p className="text-muted">{t.registry.noVersions}</p> : <><Versions versions={versions} serving={serving} edits={edits} /><MoreButton query={query} /></>)}
        </Loaded>
      </Section>
      {newest && (
        <Section title={t.registry.load}>
          <CodeLine code={`import mlflow\n\nmodel = mlflow.pyfunc.load_model("models:/${model.name}${alias ? `@${alias}` : `/${newest.version}`}")`} />
        </Section>
      )}
    </>
  );
}

function Removal({ model }: { model: RegisteredModel }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: versions = [] } = useInfiniteQuery(versionsQuery(model.project, model.name));
  const { data: serving = [] } = useInfiniteQuery(servingQuery(model.project, model.name));
  const { names, more } = dependents(serving);
  const remove = async () => {
    await deleteRegistered(model.project, model.name);
    await navigate({ to: "/projects/$project/registry", params: { project: model.project } });
    await client.invalidateQueries({ queryKey: ["model", model.project] });
    say(t.registry.removed(model.name));
  };
  return (
    <Confirm trigger={<Button look="danger">{t.registry.remove}</Button>} title={t.registry.removeModel(model.name)} action={t.registry.remove} typed={model.name} onConfirm={remove}>
      {t.registry.removeModelText(versions.length)}
      {names.length > 0 && <p className="mt-2 font-medium break-words text-bad">{t.files.used.breaks(names, more)}</p>}
    </Confirm>
  );
}

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";

import { Markdown } from "@/components/markdown/Markdown";
import { Button, IconButton, LinkButton } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { Field, Input } from "@/components/ui/Field";
import { FormDialog } from "@/components/ui/FormDialog";
import { Ago } from "@/components/ui/Time";
import { say } from "@/components/ui/Toasts";
import { changeVersion, deleteAlias, deleteVersion, setAlias } from "@/data/registry";
import { runQuery } from "@/data/runs";
import type { ModelVersion, Use } from "@/data/schema";
import { t } from "@/texts";

import { Alias } from "../Alias";
import { NotesDialog } from "./NotesDialog";
import { ServedBy } from "./ServedBy";

/** The run that made a version, and what it read. */
function Origin({ version }: { version: ModelVersion }) {
  const { project, run_id: id } = version;
  const { data: run } = useQuery({ ...runQuery(project, id), enabled: id !== "", retry: false });
  if (id === "") return <>{version.source}</>;
  return (
    <>
      {run ? <Link to="/projects/$project/experiments/$experiment/runs/$run" params={{ project, experiment: run.experiment_id, run: id }} className="font-medium text-text underline">{run.name || id.slice(0, 8)}</Link> : <code>{id.slice(0, 8)}</code>}
      {run && run.datasets.length > 0 && <> · {t.registry.data}: {run.datasets.map((each) => each.name).join(", ")}</>}
    </>
  );
}

function Actions({ version }: { version: ModelVersion }) {
  const client = useQueryClient();
  const { project, name, version: number } = version;
  const refresh = () => client.invalidateQueries({ queryKey: ["model", project] });
  const point = async (values: Record<string, string>) => {
    const alias = (values.alias ?? "").trim();
    await setAlias(project, name, alias, number);
    await refresh();
    say(t.registry.aliasSet(alias, number));
  };
  const remove = async () => {
    await deleteVersion(project, name, number);
    await refresh();
  };
  const named = (verb: string) => `${verb}: ${t.registry.version} ${number}`;
  return (
    <div className="flex flex-wrap gap-1">
      <LinkButton look="quiet" to="/projects/$project/services" params={{ project }} search={{ deploy: "model", model: name, version: number }} aria-label={named(t.registry.deploy)}>{t.registry.deploy}</LinkButton>
      <FormDialog trigger={<Button look="quiet" aria-label={named(t.registry.setAlias)}>{t.registry.setAlias}</Button>} title={t.registry.aliasTitle(number)} action={t.common.save} onSubmit={point}>
        <Field label={t.registry.alias} hint={t.registry.aliasHint}><Input name="alias" required maxLength={255} autoComplete="off" placeholder="champion" /></Field>
      </FormDialog>
      <NotesDialog
        project={project}
        title={t.registry.editVersion(number)}
        trigger={<Button look="quiet" aria-label={named(t.registry.edit)}>{t.registry.edit}</Button>}
        description={version.description}
        tags={version.tags}
        save={(notes) => changeVersion(project, name, number, notes)}
      />
      <Confirm trigger={<Button look="quiet" aria-label={named(t.registry.remove)}>{t.registry.remove}</Button>} title={t.registry.removeVersion(number)} action={t.registry.remove} onConfirm={remove}>
        {t.registry.removeVersionText}
      </Confirm>
    </div>
  );
}

function AliasMark({ version, alias, edits }: { version: ModelVersion; alias: string; edits: boolean }) {
  const client = useQueryClient();
  const remove = async () => {
    await deleteAlias(version.project, version.name, alias);
    await client.invalidateQueries({ queryKey: ["model", version.project] });
  };
  return (
    <Alias alias={alias}>
      {edits && (
        <Confirm trigger={<IconButton label={`${t.registry.remove}: @${alias}`} className="-mr-2 h-6! w-6!"><X size={12} aria-hidden /></IconButton>} title={t.registry.removeAlias(alias)} action={t.registry.remove} onConfirm={remove}>
          {t.registry.removeAliasText}
        </Confirm>
      )}
    </Alias>
  );
}

/** The versions of a model, the newest first: where each came from and what points to it. */
export function Versions({ versions, serving, edits }: { versions: ModelVersion[]; serving: Use[]; edits: boolean }) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
      {versions.map((each) => (
        <li key={each.version} className="flex flex-wrap items-start gap-x-4 gap-y-1 px-3 py-2">
          <div className="min-w-0 flex-1 basis-64">
            <p className="flex min-h-8 flex-wrap items-center gap-2">
              <span className="font-semibold">{t.registry.version} {each.version}</span>
              {each.aliases.map((alias) => <AliasMark key={alias} version={each} alias={alias} edits={edits} />)}
              {each.stage !== "None" && <span className="text-sm text-muted">{each.stage}</span>}
            </p>
            <p className="text-sm break-words text-muted">{t.registry.run}: <Origin version={each} /></p>
            <p className="text-sm text-muted"><Ago at={each.created_at} />{each.user && <> {t.registry.by} {each.user}</>}{Object.entries(each.tags).map(([key, value]) => ` · ${key}: ${value}`)}</p>
            <ServedBy services={serving.filter((use) => String(use.version) === each.version)} />
            {each.description && <Markdown text={each.description} className="whitespace-pre-line" />}
          </div>
          {edits && <Actions version={each} />}
        </li>
      ))}
    </ul>
  );
}

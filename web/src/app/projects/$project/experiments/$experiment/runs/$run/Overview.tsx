import { Link } from "@tanstack/react-router";

import { CopyButton } from "@/components/ui/CodeLine";
import { FileLink } from "@/components/ui/FileLink";
import { Facts, Section } from "@/components/ui/Page";
import { Ago, Duration } from "@/components/ui/Time";
import type { DatasetInput, Run } from "@/data/schema";
import { fileOf } from "@/lib/datasetInput";
import { formatDate, formatMetric } from "@/lib/format";
import { numberOf } from "@/lib/runStatus";
import { t } from "@/texts";

import { Note } from "./Note";
import { OriginLink } from "./OriginLink";
import { Pairs } from "./Pairs";
import { Tags } from "./Tags";

/** Who, when, from what, and what came of it. */
export function Overview({ run, edits }: { run: Run; edits: boolean }) {
  const { experiment_id: experiment, project } = run;
  const parent = run.tags["mlflow.parentRunId"];
  const source = run.tags["mlflow.source.name"];
  const commit = run.tags["mlflow.source.git.commit"];
  const toRun = (id: string) => <Link to="/projects/$project/experiments/$experiment/runs/$run" params={{ project, experiment, run: id }} className="underline"><code>{id.slice(0, 8)}</code></Link>;
  return (
    <>
      <Facts
        facts={[
          [t.experiments.facts.started, <span key="s" title={formatDate(run.started_at)}><Ago at={run.started_at} /></span>],
          [t.experiments.facts.duration, run.ended_at == null && run.status !== "RUNNING" ? "–" : <Duration key="d" from={run.started_at} to={run.ended_at} />],
          [t.experiments.facts.user, run.user],
          [t.experiments.id, <span key="i" className="inline-flex items-center gap-1"><code className="break-all">{run.id}</code><CopyButton text={run.id} /></span>],
          ...(run.origin ? [[t.experiments.begunBy, <OriginLink key="o" project={project} origin={run.origin} />] as [string, React.ReactNode]] : []),
          ...(source ? [[t.experiments.source, <code key="c" className="break-all">{source}</code>] as [string, React.ReactNode]] : []),
          ...(commit ? [[t.experiments.commit, <code key="g">{commit.slice(0, 10)}</code>] as [string, React.ReactNode]] : []),
          ...(parent ? [[t.experiments.parent, toRun(parent)] as [string, React.ReactNode]] : []),
        ]}
      />
      <Note run={run} edits={edits} />
      <div className="grid gap-x-6 lg:grid-cols-2">
        <Section title={t.experiments.metrics}>
          <Pairs
            label={t.experiments.metrics}
            none={t.experiments.noMetrics}
            pairs={Object.values(run.metrics).map((each) => ({ key: each.key, value: formatMetric(numberOf(each.value)), beside: t.experiments.atStep(each.step), numeric: true }))}
          />
        </Section>
        <Section title={t.experiments.params}>
          <Pairs label={t.experiments.params} none={t.experiments.noParams} pairs={Object.entries(run.params).map(([key, value]) => ({ key, value }))} />
        </Section>
      </div>
      <Tags run={run} edits={edits} />
      {run.datasets.length > 0 && <Section title={t.experiments.datasets}><Datasets project={project} datasets={run.datasets} /></Section>}
    </>
  );
}

/** A dataset that a run read: a link if it is a file of the lab. */
function DatasetName({ project, dataset }: { project: string; dataset: DatasetInput }) {
  const file = fileOf(dataset);
  if (file === undefined) return <>{dataset.name}</>;
  return <FileLink project={project} kind={file.kind} fileKey={file.key} version={file.version}>{dataset.name}</FileLink>;
}

function Datasets({ project, datasets }: { project: string; datasets: DatasetInput[] }) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
      {datasets.map((each) => (
        <li key={each.name + each.digest} className="px-3 py-2">
          <p className="font-medium break-all"><DatasetName project={project} dataset={each} /> <span className="font-normal text-muted">{each.tags["mlflow.data.context"]}</span></p>
          <p className="text-sm break-all text-muted">{each.source_type} · <code>{each.digest}</code>{each.source && <> · {each.source.slice(0, 200)}</>}</p>
        </li>
      ))}
    </ul>
  );
}

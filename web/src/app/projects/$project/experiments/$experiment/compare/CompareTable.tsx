import { Link, useNavigate, useSearch } from "@tanstack/react-router";

import { Select } from "@/components/ui/Select";
import { Status } from "@/components/ui/Status";
import { Ago, Duration } from "@/components/ui/Time";
import type { ComparedKey, Comparison, RunRow } from "@/data/schema";
import { cx } from "@/lib/cx";
import { deltaOf } from "@/lib/delta";
import { formatMetric } from "@/lib/format";
import { numberOf, stateOf } from "@/lib/runStatus";
import { t } from "@/texts";

const HERE = "/projects/$project/experiments/$experiment/compare";
const KINDS = ["metric", "param", "tag"] as const;

function Head({ runs, project, base }: { runs: RunRow[]; project: string; base: number }) {
  return (
    <thead>
      <tr className="border-b border-line">
        <th scope="col" className="sticky left-0 z-1 w-48 max-w-48 min-w-32 bg-surface px-3 py-2 font-medium text-muted">{t.experiments.key}</th>
        {runs.map((run, index) => (
          <th key={run.id} scope="col" className="min-w-40 px-3 py-2 text-right align-top font-medium">
            <Link to="/projects/$project/experiments/$experiment/runs/$run" params={{ project, experiment: run.experiment_id, run: run.id }} className="break-all hover:underline">{run.name || run.id.slice(0, 8)}</Link>
            {index === base && <span className="ml-2 rounded-sm bg-selected px-1 text-xs">{t.experiments.baseline}</span>}
          </th>
        ))}
      </tr>
    </thead>
  );
}

const NAME = "sticky left-0 z-1 w-48 max-w-48 bg-surface px-3 py-1.5 text-left font-normal break-all text-muted";

/** Metrics with how far they are from the baseline. */
function Values({ row, base }: { row: ComparedKey; base: number }) {
  const origin = row.values[base];
  return row.values.map((value, index) => {
    const differs = index !== base && base >= 0 && value !== origin;
    if (row.kind !== "metric" || value === null) return <td key={index} className={cx("max-w-80 px-3 py-1.5 text-right break-words", differs && "bg-selected")}>{value ?? "–"}</td>;
    const delta = index === base || origin == null ? null : deltaOf(numberOf(value), numberOf(origin));
    return (
      <td key={index} className="px-3 py-1.5 text-right tabular-nums">
        {formatMetric(numberOf(value))}
        {delta !== null && <span className="block text-xs text-muted">{delta}</span>}
      </td>
    );
  });
}

function Facts({ runs }: { runs: RunRow[] }) {
  const cell = "px-3 py-1.5 text-right";
  return (
    <tbody>
      <tr className="border-b border-line"><th scope="row" className={NAME}>{t.experiments.facts.status}</th>{runs.map((run) => <td key={run.id} className={cell}><Status state={stateOf(run.status)} /></td>)}</tr>
      <tr className="border-b border-line"><th scope="row" className={NAME}>{t.experiments.facts.started}</th>{runs.map((run) => <td key={run.id} className={cell}><Ago at={run.started_at} /></td>)}</tr>
      <tr className="border-b border-line"><th scope="row" className={NAME}>{t.experiments.facts.duration}</th>{runs.map((run) => <td key={run.id} className={cell}>{run.ended_at == null && run.status !== "RUNNING" ? "–" : <Duration from={run.started_at} to={run.ended_at} />}</td>)}</tr>
      <tr className="border-b border-line"><th scope="row" className={NAME}>{t.experiments.facts.user}</th>{runs.map((run) => <td key={run.id} className={cell}>{run.user}</td>)}</tr>
    </tbody>
  );
}

/** Runs as columns; only the keys in which they differ, unless all are wanted. */
export function CompareTable({ project, found }: { project: string; found: Comparison }) {
  const { all = false, base = found.runs[0]?.id } = useSearch({ from: HERE });
  const navigate = useNavigate({ from: HERE });
  const origin = found.runs.findIndex((run) => run.id === base);
  const rows = found.items.filter((each) => (all || each.differs) && !(each.kind === "tag" && each.key.startsWith("mlflow.")));
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-x-6 gap-y-2">
        <span className="inline-flex items-center gap-2"><span aria-hidden>{t.experiments.baseline}</span>
          <Select label={t.experiments.baseline} value={base ?? ""} onChange={(next) => void navigate({ search: (old) => ({ ...old, base: next }), replace: true })} options={found.runs.map((run) => ({ value: run.id, label: run.name || run.id.slice(0, 8) }))} />
        </span>
        <label className="inline-flex min-h-9 items-center gap-2">
          <input type="checkbox" checked={!all} onChange={(event) => void navigate({ search: (old) => ({ ...old, all: event.target.checked ? undefined : true }), replace: true })} className="size-4 accent-accent" />
          {t.experiments.onlyDifferent}
        </label>
      </div>
      <div tabIndex={0} role="region" aria-label={t.experiments.compareTitle} className="overflow-x-auto rounded-lg border border-line bg-surface">
        <table className="w-full border-collapse text-left">
          <caption className="sr-only">{t.experiments.compareTitle}</caption>
          <Head runs={found.runs} project={project} base={origin} />
          <Facts runs={found.runs} />
          {KINDS.map((kind) => {
            const its = rows.filter((each) => each.kind === kind);
            if (its.length === 0) return null;
            return (
              <tbody key={kind}>
                <tr className="border-b border-line bg-bg"><th scope="colgroup" colSpan={found.runs.length + 1} className="px-3 py-1.5 text-sm font-medium"><span className="sticky left-3">{t.experiments.kinds[kind]}</span></th></tr>
                {its.map((row) => <tr key={row.key} className="border-b border-line last:border-0"><th scope="row" className={NAME}>{row.key}</th><Values row={row} base={origin} /></tr>)}
              </tbody>
            );
          })}
        </table>
      </div>
      {rows.length === 0 && <p className="mt-3 text-muted">{t.experiments.noDifference}</p>}
    </>
  );
}

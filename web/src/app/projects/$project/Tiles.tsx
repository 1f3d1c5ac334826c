import type { ReactNode } from "react";

import { PathLink } from "@/components/ui/PathLink";
import type { Overview } from "@/data/schema";
import { formatBytes, formatNumber } from "@/lib/format";
import { total } from "@/lib/overview";
import { t } from "@/texts";

function Tile({ label, path, value, children }: { label: string; path?: string; value: string; children?: ReactNode }) {
  return (
    <li className="rounded-lg border border-line bg-surface px-3 py-2">
      <p className="text-sm text-muted">{path === undefined ? label : <PathLink path={path} className="hover:text-text hover:underline">{label}</PathLink>}</p>
      <p className="text-lg font-semibold tabular-nums">{value}</p>
      <p className="min-h-4 text-xs text-muted">{children}</p>
    </li>
  );
}

const states = (counts: Record<string, number>): string =>
  Object.entries(counts).map(([state, count]) => `${formatNumber(count)} ${state in t.states ? t.states[state as keyof typeof t.states] : state}`).join(", ");

/** How much the project holds, each number a way to it. */
export function Tiles({ overview }: { overview: Overview }) {
  const { counts, project } = overview;
  const at = (noun: string) => `/projects/${project.name}/${noun}`;
  return (
    <ul className="mb-6 grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-6">
      <Tile label={t.shell.datasets} path={at("datasets")} value={formatNumber(counts.datasets)} />
      <Tile label={t.shell.models} path={at("models")} value={formatNumber(counts.models)}>{counts.registered_models > 0 && `${formatNumber(counts.registered_models)} ${t.project.registered}`}</Tile>
      <Tile label={t.project.runs} path={at("experiments")} value={formatNumber(counts.runs)}>{t.project.inExperiments(counts.experiments)}</Tile>
      <Tile label={t.shell.jobs} path={at("jobs")} value={formatNumber(counts.jobs)}>{states(counts.job_runs)}</Tile>
      <Tile label={t.shell.services} path={at("services")} value={formatNumber(total(counts.services))}>{states(counts.services)}</Tile>
      <Tile label={t.project.storage} value={formatBytes(overview.storage_bytes)}>{t.project.ofMembers(counts.members)}</Tile>
    </ul>
  );
}

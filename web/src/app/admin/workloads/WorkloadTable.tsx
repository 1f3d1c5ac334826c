import { PathLink } from "@/components/ui/PathLink";
import { Status } from "@/components/ui/Status";
import { type Column, Table } from "@/components/ui/Table";
import { Ago } from "@/components/ui/Time";
import type { WorkloadEntry } from "@/data/schema";
import { pathOf } from "@/lib/happening";
import { coresText, memoryText, type Usage } from "@/lib/usage";
import { t } from "@/texts";

import { isOpen } from "./filters";

interface Props {
  workloads: WorkloadEntry[];
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
}

const nameOf = (each: WorkloadEntry) => {
  const label = each.number ? `${each.name}, ${t.happening.run(each.number)}` : each.name;
  if (each.kind === "workspace" || !each.project) return <span className="font-medium">{label}</span>;
  return <PathLink path={pathOf({ what: each.kind, project: each.project, id: each.name, name: each.name, number: each.number })} className="font-medium hover:underline">{label}</PathLink>;
};

const inUse = (text: (usage: Usage) => string) => ({ usage }: WorkloadEntry) => (usage ? <span className="whitespace-nowrap">{text(usage)}</span> : "–");

/** Every workload, with what it uses of what it may. */
export function WorkloadTable({ workloads, chosen, onChoose }: Props) {
  if (workloads.length === 0) return <p>{t.common.noHits}</p>;
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  const box = (each: WorkloadEntry) =>
    isOpen(each.status.state) && (
      <label className="flex size-6 items-center justify-center"><input type="checkbox" aria-label={t.admin.choose(each.name)} checked={chosen.has(each.id)} onChange={() => toggle(each.id)} className="size-4 accent-(--accent)" /></label>
    );
  const columns: Column<WorkloadEntry>[] = [
    { head: t.admin.chosen, cell: box },
    { head: t.admin.what, cell: (each) => <>{nameOf(each)}<span className="block text-sm text-muted">{t.happening.kinds[each.kind]}{each.project && ` · ${each.project}`}<span className="md:hidden"> · {each.user}</span></span>{each.image && <code className="block text-sm break-all text-muted">{each.image}</code>}</> },
    { head: t.admin.state, cell: (each) => <Status state={each.status.state} title={each.status.reason} /> },
    { head: t.admin.user, cell: (each) => each.user, wide: true },
    { head: t.admin.memory, cell: inUse(memoryText), numeric: true, wide: true },
    { head: t.admin.cpu, cell: inUse(coresText), numeric: true, wide: true },
    { head: t.admin.started, cell: (each) => <Ago at={each.status.started_at} />, wide: true },
  ];
  return <Table label={t.shell.workloads} rows={workloads} rowKey={(each) => each.id} columns={columns} />;
}

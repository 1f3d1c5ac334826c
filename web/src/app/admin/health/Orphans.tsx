import { useQuery, useQueryClient } from "@tanstack/react-query";

import { Button } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { Loaded } from "@/components/ui/Loaded";
import { Section } from "@/components/ui/Page";
import { Skeleton } from "@/components/ui/Skeleton";
import { Status } from "@/components/ui/Status";
import { Table } from "@/components/ui/Table";
import { Ago } from "@/components/ui/Time";
import { say } from "@/components/ui/Toasts";
import { orphansQuery, removeOrphans } from "@/data/admin";
import type { Orphan } from "@/data/schema";
import { t } from "@/texts";

/** What the runtime keeps and nobody owns, and its end. */
export function Orphans() {
  const query = useQuery(orphansQuery);
  const found = query.data ?? [];
  return (
    <Section title={t.admin.orphans} actions={found.length > 0 && <RemoveOrphans orphans={found} />}>
      <p className="mb-2 max-w-prose text-muted">{t.admin.orphansText}</p>
      <Loaded query={query} skeleton={<Skeleton rows={1} />}>
        {(orphans) => (orphans.length === 0 ? <p>{t.admin.noOrphans}</p> : <OrphanTable orphans={orphans} />)}
      </Loaded>
    </Section>
  );
}

function OrphanTable({ orphans }: { orphans: Orphan[] }) {
  return (
    <Table
      label={t.admin.orphans}
      rows={orphans}
      rowKey={(each) => each.id}
      columns={[
        { head: t.admin.orphan, cell: (each) => <><span className="text-muted">{each.kind}</span> <span className="font-medium break-all">{each.name}</span></> },
        { head: t.admin.wasOf, cell: (each) => each.was_of },
        { head: t.admin.state, cell: (each) => (each.running ? <Status state="running" /> : "–"), wide: true },
        { head: t.projects.created, cell: (each) => <Ago at={each.created_at} />, wide: true },
      ]}
    />
  );
}

/** Removes those that are listed and no others, after saying which they are. */
function RemoveOrphans({ orphans }: { orphans: Orphan[] }) {
  const client = useQueryClient();
  const remove = async () => {
    const { items } = await removeOrphans(orphans);
    const again = client.invalidateQueries({ queryKey: orphansQuery.queryKey });
    const left = items.filter((each) => each.fault !== "").map((each) => `${each.kind} ${each.name}: ${each.fault}`);
    if (left.length > 0) {
      await again; // the dialog stays, and lists what is still there
      throw new Error(left.join("\n"));
    }
    say(t.admin.orphansRemoved(items.length));
  };
  return (
    <Confirm trigger={<Button look="danger">{t.admin.removeOrphans(orphans.length)}</Button>} title={t.admin.removeOrphansTitle(orphans.length)} action={t.admin.removeOrphans(orphans.length)} onConfirm={remove}>
      <p className="mb-2">{t.admin.removeOrphansText}</p>
      <ul className="max-h-60 list-disc overflow-y-auto pl-5">
        {orphans.map((each) => <li key={each.id} className="break-all">{each.kind} <strong>{each.name}</strong> · {each.was_of}{each.running && ` · ${t.states.running}`}</li>)}
      </ul>
    </Confirm>
  );
}

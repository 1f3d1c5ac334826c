import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { FilterInput } from "@/components/ui/FilterInput";
import { Loaded } from "@/components/ui/Loaded";
import { Page } from "@/components/ui/Page";
import { Table } from "@/components/ui/Table";
import { settingsQuery } from "@/data/admin";
import type { SettingEntry } from "@/data/schema";
import { t } from "@/texts";

export function SettingsPage() {
  const query = useQuery(settingsQuery);
  const { q = "" } = useSearch({ from: "/admin/settings" });
  const navigate = useNavigate({ from: "/admin/settings" });
  return (
    <Page title={t.shell.settings}>
      <p className="mb-4 max-w-prose text-muted">{t.admin.settingsText}</p>
      <FilterInput label={t.admin.filterSettings} value={q} onChange={(next) => void navigate({ search: { q: next || undefined }, replace: true })} />
      <Loaded query={query}>{({ items }) => <Settings items={items.filter((each) => `${each.name} ${each.description}`.toLowerCase().includes(q.toLowerCase()))} />}</Loaded>
    </Page>
  );
}

function Settings({ items }: { items: SettingEntry[] }) {
  if (items.length === 0) return <p>{t.common.noHits}</p>;
  return (
    <Table
      label={t.shell.settings}
      rows={items}
      rowKey={(each) => each.name}
      columns={[
        { head: t.admin.setting, cell: (each) => <><code className="break-all">{each.name}</code><p className="max-w-prose text-sm text-muted">{each.description}</p></> },
        { head: t.admin.value, cell: (each) => <code className="break-all">{each.value || "–"}</code> },
        { head: t.admin.source, cell: (each) => t.admin.sources[each.source], wide: true },
      ]}
    />
  );
}

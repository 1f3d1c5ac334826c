import { useQuery } from "@tanstack/react-query";

import { Loaded } from "@/components/ui/Loaded";
import { Facts, Page } from "@/components/ui/Page";
import { Status } from "@/components/ui/Status";
import { Table } from "@/components/ui/Table";
import { healthQuery } from "@/data/admin";
import { t } from "@/texts";

import { Orphans } from "./Orphans";

export function HealthPage() {
  const query = useQuery(healthQuery);
  return (
    <Page title={t.shell.health}>
      <Loaded query={query}>
        {(health) => (
          <div className="mb-8">
            <Facts facts={[[t.admin.lab, <Status key="lab" state={health.status === "ok" ? "succeeded" : "failed"} label={health.status === "ok" ? t.admin.works : t.admin.degraded} />], [t.about.version, health.version]]} />
            <Table
              label={t.shell.health}
              rows={Object.entries(health.components)}
              rowKey={([name]) => name}
              columns={[
                { head: t.admin.part, cell: ([name]) => <span className="font-medium">{name}</span> },
                { head: t.admin.state, cell: ([, state]) => <Status state={state === "ok" ? "succeeded" : "failed"} label={state === "ok" ? t.admin.works : t.admin.fails} /> },
                { head: t.admin.fault, cell: ([, state]) => (state === "ok" ? "–" : <span className="text-bad">{state}</span>) },
              ]}
            />
          </div>
        )}
      </Loaded>
      <Orphans />
    </Page>
  );
}

import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { Empty } from "@/components/ui/Empty";
import { Loaded } from "@/components/ui/Loaded";
import { Table } from "@/components/ui/Table";
import { Ago, useNow } from "@/components/ui/Time";
import { say } from "@/components/ui/Toasts";
import type { IssuedServiceKey, Service, ServiceKey } from "@/data/schema";
import { keysQuery, revokeKey } from "@/data/services";
import { formatDate, formatNumber } from "@/lib/format";
import { t } from "@/texts";

import { NewKeyDialog } from "./NewKeyDialog";
import { RotateDialog } from "./RotateDialog";
import { SecretDialog } from "./SecretDialog";

const nameOf = (key: ServiceKey): string => key.name || key.id;

function Named({ of: key }: { of: ServiceKey }) {
  const now = useNow(30_000);
  return (
    <div className="min-w-28">
      <span className="font-medium break-words">{nameOf(key)}</span>
      <p className="text-sm text-muted">{t.services.madeBy(key.created_by)} <Ago at={key.created_at} /></p>
      {key.maker_left && <p className="text-sm text-wait">{t.services.makerLeft(key.created_by)}</p>}
      {key.old_secret_until && Date.parse(key.old_secret_until) > now && <p className="text-sm text-wait">{t.services.oldUntil(formatDate(key.old_secret_until))}</p>}
    </div>
  );
}

/** Keys for callers outside the lab: made, rotated, revoked; a secret is shown once. */
export function Keys({ service }: { service: Service }) {
  const { project, name } = service;
  const client = useQueryClient();
  const query = useInfiniteQuery(keysQuery(project, name));
  const [issued, setIssued] = useState<IssuedServiceKey | null>(null);
  const again = () => client.invalidateQueries({ queryKey: ["service", project, name, "keys"] });
  const got = (key: IssuedServiceKey) => {
    setIssued(key);
    void again();
  };
  const revoke = async (key: ServiceKey) => {
    await revokeKey(project, name, key.id);
    await again();
    say(t.services.revoked(nameOf(key)));
  };
  const create = <NewKeyDialog service={service} onIssued={got} />;
  return (
    <>
      <SecretDialog service={service} issued={issued} onClose={() => setIssued(null)} />
      <Loaded query={query}>
        {(keys) =>
          keys.length === 0 ? (
            <Empty action={create} code={`mllab service key create ${name} shop --project ${project}`}>{t.services.noKeys}</Empty>
          ) : (
            <>
              <div className="mb-3 flex flex-wrap items-center gap-2"><p className="text-muted">{t.services.keysText}</p><div className="ml-auto">{create}</div></div>
              <Table
                label={t.services.tabs.keys}
                rows={keys}
                rowKey={(key) => key.id}
                columns={[
                  { head: t.services.name, cell: (key) => <Named of={key} /> },
                  { head: t.services.lastUse, wide: true, cell: (key) => (key.last_used_at ? <Ago at={key.last_used_at} /> : <span className="text-muted">{t.services.never}</span>) },
                  { head: t.services.expires, wide: true, cell: (key) => (key.expires_at ? formatDate(key.expires_at) : t.services.neverExpires) },
                  { head: t.services.perMinute, wide: true, numeric: true, cell: (key) => (key.requests_per_minute ? formatNumber(key.requests_per_minute) : t.services.unlimited) },
                  {
                    head: t.common.actions,
                    cell: (key) => (
                      <div className="flex flex-wrap justify-end gap-2">
                        <RotateDialog service={service} of={key} onIssued={got} />
                        <Confirm trigger={<Button look="danger">{t.services.revoke}</Button>} title={t.services.revokeTitle(nameOf(key))} action={t.services.revoke} onConfirm={() => revoke(key)}>{t.services.revokeText}</Confirm>
                      </div>
                    ),
                  },
                ]}
              />
              {query.hasNextPage && <Button className="mt-3" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t.common.more}</Button>}
            </>
          )
        }
      </Loaded>
    </>
  );
}

import { useQueryClient } from "@tanstack/react-query";

import { Button } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { Section } from "@/components/ui/Page";
import { Table } from "@/components/ui/Table";
import { Ago } from "@/components/ui/Time";
import { deleteToken } from "@/data/account";
import type { Token } from "@/data/schema";
import { formatDate } from "@/lib/format";
import { t } from "@/texts";

/** The browsers that are signed in; `current` is this one's. */
export function Sessions({ sessions, current }: { sessions: Token[]; current: string | null }) {
  const client = useQueryClient();
  const end = async (ended: Token[]) => {
    for (const session of ended) await deleteToken(session.id);
    await client.invalidateQueries({ queryKey: ["token"] });
  };
  const others = sessions.filter((session) => session.id !== current);
  const endAll = others.length > 0 && (
    <Confirm trigger={<Button>{t.account.signOutOthers}</Button>} title={t.account.signOutOthersTitle(others.length)} action={t.shell.signOut} onConfirm={() => end(others)}>
      {t.account.signOutOthersText}
    </Confirm>
  );
  return (
    <Section title={t.account.sessions} actions={endAll}>
      <Table
        label={t.account.sessions}
        rows={sessions}
        rowKey={(session) => session.id}
        columns={[
          { head: t.account.began, cell: (session) => <><Ago at={session.created_at} />{session.id === current && <span className="ml-2 rounded-sm bg-off-bg px-1.5 text-xs text-off">{t.account.thisOne}</span>}</> },
          { head: t.account.lastUsed, cell: (session) => <Ago at={session.last_used_at} /> },
          { head: t.account.ends, cell: (session) => session.expires_at && formatDate(session.expires_at), wide: true },
          { head: t.common.actions, numeric: true, cell: (session) => session.id !== current && <Confirm trigger={<Button look="quiet">{t.account.end}</Button>} title={t.account.endTitle} action={t.account.end} onConfirm={() => end([session])} /> },
        ]}
      />
    </Section>
  );
}

import { useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";

import { Button } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { Empty } from "@/components/ui/Empty";
import { MoreButton } from "@/components/ui/MoreButton";
import { Section } from "@/components/ui/Page";
import { Table } from "@/components/ui/Table";
import { Ago } from "@/components/ui/Time";
import { deleteToken } from "@/data/account";
import type { Token } from "@/data/schema";
import { formatDate } from "@/lib/format";
import { t } from "@/texts";

import { NewTokenDialog } from "./NewTokenDialog";

type Query = Parameters<typeof MoreButton>[0]["query"];

const reachOf = ({ scope }: Token): string => {
  if (!scope.project) return t.account.everything;
  return [scope.project, scope.service ?? (scope.role ? t.members.roles[scope.role] : "")].filter(Boolean).join(", ");
};

export function Tokens({ tokens, query }: { tokens: Token[]; query: Query }) {
  const client = useQueryClient();
  const revoke = async (token: Token) => {
    await deleteToken(token.id);
    await client.invalidateQueries({ queryKey: ["token"] });
  };
  const create = <NewTokenDialog trigger={<Button><Plus size={16} aria-hidden />{t.account.newToken}</Button>} />;
  return (
    <Section title={t.account.tokens} actions={create}>
      <p className="mb-3 max-w-prose text-muted">{t.account.tokensText}</p>
      {tokens.length === 0 ? (
        <Empty code="mllab token create notebook">{t.account.noTokens}</Empty>
      ) : (
        <Table
          label={t.account.tokens}
          rows={tokens}
          rowKey={(token) => token.id}
          columns={[
            { head: t.account.name, cell: (token) => <span className="font-medium break-words">{token.name || t.account.unnamed}</span> },
            { head: t.account.reach, cell: reachOf, wide: true },
            { head: t.account.lastUsed, cell: (token) => <Ago at={token.last_used_at} /> },
            { head: t.account.expires, cell: (token) => (token.expires_at ? <span className="whitespace-nowrap">{formatDate(token.expires_at)}</span> : t.account.never), wide: true },
            {
              head: t.common.actions,
              numeric: true,
              cell: (token) => (
                <Confirm trigger={<Button look="quiet" aria-label={`${t.account.revoke}: ${token.name}`}>{t.account.revoke}</Button>} title={t.account.revokeTitle(token.name || t.account.unnamed)} action={t.account.revoke} onConfirm={() => revoke(token)}>
                  {t.account.revokeText}
                </Confirm>
              ),
            },
          ]}
        />
      )}
      <MoreButton query={query} />
    </Section>
  );
}

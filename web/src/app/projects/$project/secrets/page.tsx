import { useInfiniteQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { KeyRound } from "lucide-react";

import { Button } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { Empty } from "@/components/ui/Empty";
import { Loaded } from "@/components/ui/Loaded";
import { MoreButton } from "@/components/ui/MoreButton";
import { Page } from "@/components/ui/Page";
import { Table } from "@/components/ui/Table";
import { Ago } from "@/components/ui/Time";
import { mayEdit, mayOwn, projectQuery } from "@/data/projects";
import type { Secret } from "@/data/schema";
import { deleteSecret, secretsQuery } from "@/data/secrets";
import { t } from "@/texts";

import { SetSecret } from "./SetSecret";

export function SecretsPage() {
  const { project: name } = useParams({ from: "/projects/$project" });
  const { data: project } = useSuspenseQuery(projectQuery(name));
  const reads = mayEdit(project);
  return (
    <Page
      title={t.shell.secrets}
      actions={mayOwn(project) && <SetSecret project={name} trigger={<Button look="primary"><KeyRound size={16} aria-hidden />{t.secrets.set}</Button>} />}
    >
      <p className="mb-4 max-w-prose text-muted">{t.secrets.about}</p>
      {reads ? <Secrets name={name} owns={mayOwn(project)} /> : <p>{t.secrets.notYours}</p>}
    </Page>
  );
}

function Secrets({ name, owns }: { name: string; owns: boolean }) {
  const query = useInfiniteQuery(secretsQuery(name));
  const client = useQueryClient();
  const remove = async (secret: Secret) => {
    await deleteSecret(name, secret.name);
    await client.invalidateQueries({ queryKey: ["secret", name] });
  };
  const actionsOf = (secret: Secret) => (
    <span className="flex justify-end gap-1">
      <SetSecret project={name} secret={secret.name} trigger={<Button look="quiet" aria-label={`${t.secrets.change}: ${secret.name}`}>{t.secrets.change}</Button>} />
      <Confirm trigger={<Button look="quiet" aria-label={`${t.common.remove}: ${secret.name}`}>{t.common.remove}</Button>} title={t.secrets.removeTitle(secret.name)} action={t.common.remove} onConfirm={() => remove(secret)}>
        {t.secrets.removeText}
      </Confirm>
    </span>
  );
  return (
    <Loaded query={query}>
      {(secrets) =>
        secrets.length === 0 ? (
          <Empty code={`mllab secret set DB_PASSWORD --project ${name}`}>{t.secrets.empty}</Empty>
        ) : (
          <>
            <Table
              label={t.shell.secrets}
              rows={secrets}
              rowKey={(secret) => secret.name}
              columns={[
                { head: t.secrets.name, cell: (secret) => <code>{secret.name}</code> },
                { head: t.secrets.updated, cell: (secret) => <><Ago at={secret.updated_at} /> {t.projects.by} {secret.updated_by}</>, wide: true },
                ...(owns ? [{ head: t.common.actions, cell: actionsOf, numeric: true }] : []),
              ]}
            />
            <MoreButton query={query} />
          </>
        )
      }
    </Loaded>
  );
}

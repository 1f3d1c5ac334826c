import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { Button } from "@/components/ui/Button";
import { Choice } from "@/components/ui/Choice";
import { CodeLine } from "@/components/ui/CodeLine";
import { Dialog } from "@/components/ui/Dialog";
import { Field, Input } from "@/components/ui/Field";
import { FormDialog } from "@/components/ui/FormDialog";
import { createToken } from "@/data/account";
import { ROLES } from "@/data/members";
import { projectsQuery } from "@/data/projects";
import { t } from "@/texts";

const DAYS = ["7", "30", "90", "365", "0"] as const;

/** Makes a token, and shows its secret the one time that it can be read. */
export function NewTokenDialog({ trigger }: { trigger: ReactElement }) {
  const client = useQueryClient();
  const projects = useInfiniteQuery(projectsQuery).data ?? [];
  const [project, setProject] = useState("");
  const [secret, setSecret] = useState<string | null>(null);
  const create = async (values: Record<string, string>) => {
    const role = ROLES.find((each) => each === values.role) ?? null;
    const scope = values.project ? { project: values.project, role } : {};
    const made = await createToken({ name: values.name ?? "", scope, expires_in_days: Number(values.days) || null });
    setSecret(made.secret);
    setProject("");
    await client.invalidateQueries({ queryKey: ["token"] });
  };
  const choices = [{ value: "", label: t.account.everything }, ...projects.map(({ name }) => ({ value: name, label: name }))];
  return (
    <>
      <FormDialog trigger={trigger} title={t.account.newToken} action={t.account.create} onSubmit={create}>
        <Field label={t.account.name} hint={t.account.nameHint}><Input name="name" required autoComplete="off" maxLength={200} /></Field>
        <Choice label={t.account.reach} name="project" initial="" options={choices} hint={t.account.reachHint} onChange={setProject} />
        {project !== "" && <Choice label={t.members.role} name="role" initial="editor" options={ROLES.map((role) => ({ value: role, label: t.members.roleAbout[role] }))} />}
        <Choice label={t.account.expires} name="days" initial="30" options={DAYS.map((days) => ({ value: days, label: days === "0" ? t.account.never : t.account.inDays(Number(days)) }))} />
      </FormDialog>
      <Dialog open={secret !== null} onOpenChange={(open) => !open && setSecret(null)} title={t.account.secret} description={t.account.secretText}>
        <CodeLine code={secret ?? ""} />
        <div className="mt-4 flex justify-end"><Button look="primary" onClick={() => setSecret(null)}>{t.account.kept}</Button></div>
      </Dialog>
    </>
  );
}

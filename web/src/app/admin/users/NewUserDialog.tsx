import { useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { Choice } from "@/components/ui/Choice";
import { Field, Input } from "@/components/ui/Field";
import { FormDialog } from "@/components/ui/FormDialog";
import { say } from "@/components/ui/Toasts";
import { createUser } from "@/data/users";
import { t } from "@/texts";

export function NewUserDialog({ trigger }: { trigger: ReactElement }) {
  const client = useQueryClient();
  const create = async (values: Record<string, string>) => {
    const name = (values.name ?? "").trim();
    await createUser({ name, display_name: values.display_name ?? "", password: values.password ?? "", is_admin: values.rights === "admin" });
    await client.invalidateQueries({ queryKey: ["user"] });
    say(t.admin.created(name));
  };
  return (
    <FormDialog trigger={trigger} title={t.admin.newUser} action={t.account.create} onSubmit={create}>
      <Field label={t.members.user} hint={t.admin.userHint}><Input name="name" required autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={40} /></Field>
      <Field label={t.admin.displayName}><Input name="display_name" autoComplete="off" maxLength={200} /></Field>
      <Field label={t.account.password} hint={t.admin.passwordHint}><Input name="password" type="password" required minLength={8} maxLength={1000} autoComplete="new-password" /></Field>
      <Choice label={t.account.rights} name="rights" initial="member" options={[{ value: "member", label: t.account.member }, { value: "admin", label: t.account.admin }]} />
    </FormDialog>
  );
}

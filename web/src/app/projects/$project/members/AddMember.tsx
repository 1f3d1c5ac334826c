import { useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { Choice } from "@/components/ui/Choice";
import { Field, Input } from "@/components/ui/Field";
import { FormDialog } from "@/components/ui/FormDialog";
import { say } from "@/components/ui/Toasts";
import { putMember, ROLES } from "@/data/members";
import { t } from "@/texts";

export function AddMember({ project, trigger }: { project: string; trigger: ReactElement }) {
  const client = useQueryClient();
  const add = async (values: Record<string, string>) => {
    const user = (values.user ?? "").trim();
    const role = ROLES.find((each) => each === values.role) ?? "viewer";
    await putMember(project, user, role);
    await client.invalidateQueries({ queryKey: ["member", project] });
    say(t.members.addedToast(user));
  };
  return (
    <FormDialog trigger={trigger} title={t.members.add} action={t.members.add} onSubmit={add}>
      <Field label={t.members.user} hint={t.members.userHint}>
        <Input name="user" required autoComplete="off" autoCapitalize="none" spellCheck={false} maxLength={40} />
      </Field>
      <Choice label={t.members.role} name="role" initial="editor" options={ROLES.map((role) => ({ value: role, label: t.members.roleAbout[role] }))} />
    </FormDialog>
  );
}

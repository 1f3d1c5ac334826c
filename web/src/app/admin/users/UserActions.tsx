import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { Dialog } from "@/components/ui/Dialog";
import { Field, Input } from "@/components/ui/Field";
import { FormDialog } from "@/components/ui/FormDialog";
import { say } from "@/components/ui/Toasts";
import { changeUser } from "@/data/account";
import type { User, UserChange } from "@/data/schema";
import { deleteUser } from "@/data/users";
import { t } from "@/texts";

/** What an admin may do with an account; with one's own only what cannot lock one out. */
export function UserActions({ user, own }: { user: User; own: boolean }) {
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const reload = () => client.invalidateQueries({ queryKey: ["user"] });
  const change = async (body: UserChange, said: string) => {
    await changeUser(user.name, body);
    await reload();
    say(said);
  };
  const remove = async () => {
    await deleteUser(user.name);
    setOpen(false);
    await reload();
  };
  if (own) return <span className="text-muted">{t.admin.you}</span>;
  const named = (action: string) => `${action}: ${user.name}`;
  const right = user.is_admin ? t.admin.takeAdmin : t.admin.makeAdmin;
  const live = user.is_active ? t.admin.deactivate : t.admin.activate;
  return (
    <Dialog open={open} onOpenChange={setOpen} trigger={<Button look="quiet" aria-label={named(t.admin.manage)}>{t.admin.manage}</Button>} title={user.display_name || user.name} description={t.admin.manageText(user.name, user.is_admin, user.is_active)}>
      <div className="flex flex-col items-stretch gap-2">
      <FormDialog
        trigger={<Button aria-label={named(t.admin.reset)}>{t.admin.reset}</Button>}
        title={t.admin.resetTitle(user.name)}
        description={t.admin.resetText}
        action={t.admin.reset}
        onSubmit={(values) => change({ password: values.password ?? "" }, t.admin.resetDone(user.name))}
      >
        <Field label={t.account.newPassword} hint={t.admin.passwordHint}><Input name="password" type="password" required minLength={8} maxLength={1000} autoComplete="new-password" /></Field>
      </FormDialog>
      <Confirm trigger={<Button aria-label={named(right)}>{right}</Button>} title={t.admin.ask(right, user.name)} action={right} onConfirm={() => change({ is_admin: !user.is_admin }, t.project.saved)}>
        {user.is_admin ? t.admin.takeAdminText : t.admin.makeAdminText}
      </Confirm>
      <Confirm trigger={<Button aria-label={named(live)}>{live}</Button>} title={t.admin.ask(live, user.name)} action={live} onConfirm={() => change({ is_active: !user.is_active }, t.project.saved)}>
        {user.is_active ? t.admin.deactivateText : t.admin.activateText}
      </Confirm>
      <Confirm trigger={<Button look="danger" aria-label={named(t.common.remove)}>{t.common.remove}</Button>} title={t.admin.ask(t.common.remove, user.name)} action={t.common.remove} typed={user.name} onConfirm={remove}>
        {t.admin.removeText}
      </Confirm>
      </div>
    </Dialog>
  );
}

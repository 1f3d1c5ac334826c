import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";

import { Button } from "@/components/ui/Button";
import { ErrorText } from "@/components/ui/ErrorPanel";
import { Field, Input } from "@/components/ui/Field";
import { Section } from "@/components/ui/Page";
import { say } from "@/components/ui/Toasts";
import { changeUser } from "@/data/account";
import { t } from "@/texts";

interface Values {
  current_password: string;
  password: string;
}

export function Password({ user }: { user: string }) {
  const client = useQueryClient();
  const form = useForm<Values>({ defaultValues: { current_password: "", password: "" } });
  const change = useMutation({
    mutationFn: (values: Values) => changeUser(user, values),
    onSuccess: async () => {
      form.reset();
      await client.invalidateQueries({ queryKey: ["token"] });
      say(t.account.passwordChanged);
    },
  });
  return (
    <Section title={t.account.password}>
      <form onSubmit={(event) => void form.handleSubmit((values) => change.mutate(values))(event)}>
        <input type="text" name="username" value={user} autoComplete="username" readOnly hidden />
        <Field label={t.account.currentPassword}><Input {...form.register("current_password")} type="password" autoComplete="current-password" required maxLength={1000} /></Field>
        <Field label={t.account.newPassword} hint={t.account.newPasswordHint}><Input {...form.register("password")} type="password" autoComplete="new-password" required minLength={8} maxLength={1000} /></Field>
        <ErrorText error={change.error} />
        <Button type="submit" busy={change.isPending}>{t.account.changePassword}</Button>
      </form>
    </Section>
  );
}

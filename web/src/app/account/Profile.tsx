import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";

import { Button } from "@/components/ui/Button";
import { ErrorText } from "@/components/ui/ErrorPanel";
import { Field, Input } from "@/components/ui/Field";
import { Section } from "@/components/ui/Page";
import { say } from "@/components/ui/Toasts";
import { changeUser } from "@/data/account";
import { t } from "@/texts";

export function Profile({ user, name }: { user: string; name: string }) {
  const client = useQueryClient();
  const form = useForm({ values: { display_name: name } });
  const save = useMutation({
    mutationFn: (values: { display_name: string }) => changeUser(user, values),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["me"] });
      say(t.project.saved);
    },
  });
  return (
    <Section title={t.account.profile}>
      <form onSubmit={(event) => void form.handleSubmit((values) => save.mutate(values))(event)}>
        <Field label={t.account.displayName} hint={t.account.displayNameHint}><Input {...form.register("display_name")} maxLength={200} autoComplete="name" /></Field>
        <ErrorText error={save.error} />
        <Button type="submit" busy={save.isPending} disabled={!form.formState.isDirty}>{t.common.save}</Button>
      </form>
    </Section>
  );
}

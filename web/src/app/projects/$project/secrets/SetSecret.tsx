import { useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { Field, Input, Textarea } from "@/components/ui/Field";
import { FormDialog } from "@/components/ui/FormDialog";
import { say } from "@/components/ui/Toasts";
import { putSecret } from "@/data/secrets";
import { t } from "@/texts";

interface Props {
  project: string;
  trigger: ReactElement;
  /** The one whose value changes; absent for a new one. */
  secret?: string;
}

export function SetSecret({ project, trigger, secret }: Props) {
  const client = useQueryClient();
  const set = async (values: Record<string, string>) => {
    const name = secret ?? (values.name ?? "").trim();
    await putSecret(project, name, values.value ?? "");
    await client.invalidateQueries({ queryKey: ["secret", project] });
    say(t.secrets.setToast(name));
  };
  return (
    <FormDialog trigger={trigger} title={secret === undefined ? t.secrets.set : t.secrets.changeTitle(secret)} action={t.common.save} onSubmit={set}>
      {secret === undefined && (
        <Field label={t.secrets.name} hint={t.secrets.nameHint}>
          <Input name="name" required autoComplete="off" autoCapitalize="characters" spellCheck={false} className="font-mono" />
        </Field>
      )}
      <Field label={t.secrets.value} hint={t.secrets.valueHint}>
        <Textarea name="value" required autoComplete="off" spellCheck={false} className="font-mono" />
      </Field>
    </FormDialog>
  );
}

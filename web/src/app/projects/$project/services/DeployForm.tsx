import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type UseFormReturn, useForm, useWatch } from "react-hook-form";

import { Button } from "@/components/ui/Button";
import { ErrorText } from "@/components/ui/ErrorPanel";
import { Field, Input, Textarea } from "@/components/ui/Field";
import { say } from "@/components/ui/Toasts";
import type { Service } from "@/data/schema";
import { changeService, deployService, sendCode, startService } from "@/data/services";
import { type ServiceForm, specOf } from "@/lib/serviceForm";
import { t } from "@/texts";

import { FurtherFields } from "./FurtherFields";
import { ModelFields } from "./ModelFields";

interface Props {
  project: string;
  initial: ServiceForm;
  /** The service that is changed; without it a new one is deployed. */
  before?: Service;
  onDone: (service: Service) => void;
  onCancel: () => void;
}

async function send(project: string, values: ServiceForm, before: Service | undefined): Promise<Service> {
  specOf(values, before?.spec ?? null, null); // says what is wrong before anything is sent
  const file = values.codeKind === "file" ? values.file?.[0] : undefined;
  if (values.codeKind === "file" && file === undefined) throw new Error(t.services.noFile);
  const code = file ? await sendCode(project, file) : null;
  const spec = specOf(values, before?.spec ?? null, code);
  if (!before) return deployService(project, { name: values.name, spec, start: true });
  await changeService(project, before.name, spec);
  return startService(project, before.name);
}

function Kind({ form }: { form: UseFormReturn<ServiceForm> }) {
  return (
    <fieldset className="mb-4">
      <legend className="mb-1 font-medium">{t.services.what}</legend>
      <div className="flex flex-wrap gap-x-6">
        {(["command", "model"] as const).map((kind) => (
          <label key={kind} className="inline-flex min-h-9 items-center gap-2 pointer-coarse:min-h-11">
            <input type="radio" value={kind} {...form.register("kind")} className="size-4 accent-accent" />
            {t.services.kinds[kind]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Says what a service shall run: three fields, the rest folded. */
export function DeployForm({ project, initial, before, onDone, onCancel }: Props) {
  const client = useQueryClient();
  const form = useForm<ServiceForm>({ defaultValues: initial });
  const kind = useWatch({ control: form.control, name: "kind" });
  const deploy = useMutation({
    mutationFn: (values: ServiceForm) => send(project, values, before),
    onSuccess: async (service) => {
      await client.invalidateQueries({ queryKey: ["service", project] });
      say(before ? t.services.changed(service.name) : t.services.deployed(service.name));
      onDone(service);
    },
  });
  return (
    <form onSubmit={(event) => void form.handleSubmit((values) => deploy.mutate(values))(event)}>
      {!before && (
        <Field label={t.services.name} hint={t.services.nameHint}>
          <Input {...form.register("name")} required autoComplete="off" pattern="[a-z][a-z0-9\-]{0,39}" />
        </Field>
      )}
      <Kind form={form} />
      {kind === "command" ? (
        <Field label={t.services.command} hint={t.services.commandHint}>
          <Textarea {...form.register("command")} required rows={2} className="min-h-14! font-mono" placeholder={t.services.commandExample} spellCheck={false} />
        </Field>
      ) : (
        <ModelFields project={project} form={form} />
      )}
      <FurtherFields form={form} keeps={before?.spec.code != null} open={before !== undefined} />
      <ErrorText error={deploy.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>{t.common.cancel}</Button>
        <Button type="submit" look="primary" busy={deploy.isPending}>{before ? t.services.redeploy : t.services.deploy}</Button>
      </div>
    </form>
  );
}

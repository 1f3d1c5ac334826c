import { useMutation } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useForm } from "react-hook-form";

import { Button } from "@/components/ui/Button";
import { Dialog } from "@/components/ui/Dialog";
import { ErrorText } from "@/components/ui/ErrorPanel";
import { Field, Input } from "@/components/ui/Field";
import type { IssuedServiceKey, Service } from "@/data/schema";
import { createKey } from "@/data/services";
import { t } from "@/texts";

interface Values {
  name: string;
  days: string;
  perMinute: string;
}

const wholeOrNull = (text: string): number | null => (text.trim() === "" ? null : Number(text));

export function NewKeyDialog({ service, onIssued }: { service: Service; onIssued: (key: IssuedServiceKey) => void }) {
  const [open, setOpen] = useState(false);
  const form = useForm<Values>({ defaultValues: { name: "", days: "365", perMinute: "" } });
  const create = useMutation({
    mutationFn: ({ name, days, perMinute }: Values) =>
      createKey(service.project, service.name, { name, expires_in_days: wholeOrNull(days), requests_per_minute: wholeOrNull(perMinute) }),
    onSuccess: (key) => {
      setOpen(false);
      form.reset();
      onIssued(key);
    },
  });
  return (
    <Dialog open={open} onOpenChange={setOpen} title={t.services.newKey} trigger={<Button look="primary"><Plus size={16} aria-hidden />{t.services.newKey}</Button>}>
      <form onSubmit={(event) => void form.handleSubmit((values) => create.mutate(values))(event)}>
        <Field label={t.services.name} hint={t.services.keyNameHint}><Input {...form.register("name")} required autoComplete="off" maxLength={200} /></Field>
        <Field label={t.services.days} hint={t.services.daysHint}><Input {...form.register("days")} type="number" min={1} max={3650} /></Field>
        <Field label={t.services.perMinute} hint={t.services.perMinuteHint}><Input {...form.register("perMinute")} type="number" min={1} max={1_000_000} /></Field>
        <ErrorText error={create.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={() => setOpen(false)}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={create.isPending}>{t.services.newKey}</Button>
        </div>
      </form>
    </Dialog>
  );
}

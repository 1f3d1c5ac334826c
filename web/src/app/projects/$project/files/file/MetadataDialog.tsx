import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, X } from "lucide-react";
import { useState } from "react";
import { useFieldArray, useForm } from "react-hook-form";

import { Button, IconButton } from "@/components/ui/Button";
import { Dialog } from "@/components/ui/Dialog";
import { ErrorText } from "@/components/ui/ErrorPanel";
import { Input } from "@/components/ui/Field";
import { say } from "@/components/ui/Toasts";
import { changeMetadata, type FileAddress, wordOf } from "@/data/files";
import type { FileVersion } from "@/data/schema";
import { changesTo } from "@/lib/metadata";
import { t } from "@/texts";

const words = t.files;

interface Values {
  entries: { name: string; value: string }[];
}

function Form({ address, version, onDone }: { address: FileAddress; version: FileVersion; onDone: () => void }) {
  const client = useQueryClient();
  const before = version.metadata;
  const form = useForm<Values>({ defaultValues: { entries: Object.entries(before).map(([name, value]) => ({ name, value })) } });
  const { fields, append, remove } = useFieldArray({ control: form.control, name: "entries" });
  const save = useMutation({
    mutationFn: ({ entries }: Values) => changeMetadata(address, version.version, changesTo(before, entries)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: [wordOf(address.kind), address.project] });
      say(words.saved);
      onDone();
    },
  });
  return (
    <form onSubmit={(event) => void form.handleSubmit((values) => save.mutate(values))(event)}>
      <ul className="mb-3 space-y-2">
        {fields.map((field, index) => (
          <li key={field.id} className="flex items-center gap-2">
            <Input aria-label={words.entryName} placeholder={words.entryName} required maxLength={200} className="mt-0! flex-1" {...form.register(`entries.${index}.name`)} />
            <Input aria-label={words.entryValue} placeholder={words.entryValue} maxLength={10_000} className="mt-0! flex-2" {...form.register(`entries.${index}.value`)} />
            <IconButton label={words.removeEntry(field.name)} onClick={() => remove(index)}><X size={14} aria-hidden /></IconButton>
          </li>
        ))}
      </ul>
      <Button className="mb-4" onClick={() => append({ name: "", value: "" })}><Plus size={14} aria-hidden />{words.addEntry}</Button>
      <ErrorText error={save.error} />
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>{t.common.cancel}</Button>
        <Button type="submit" look="primary" busy={save.isPending}>{t.common.save}</Button>
      </div>
    </form>
  );
}

export function MetadataDialog({ address, version }: { address: FileAddress; version: FileVersion }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title={words.editMetadata}
      description={`${address.key}, ${words.versionOf(version.version).toLowerCase()}`}
      wide
      trigger={<IconButton label={words.editMetadata}><Pencil size={14} aria-hidden /></IconButton>}
    >
      <Form address={address} version={version} onDone={() => setOpen(false)} />
    </Dialog>
  );
}

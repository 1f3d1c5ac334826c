import { useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { type ReactElement, useState } from "react";

import { Button, IconButton } from "@/components/ui/Button";
import { Field, Input, Textarea } from "@/components/ui/Field";
import { FormDialog } from "@/components/ui/FormDialog";
import { say } from "@/components/ui/Toasts";
import type { ModelNotes } from "@/data/schema";
import { changesTo } from "@/lib/metadata";
import { entriesIn } from "@/lib/tagForm";
import { t } from "@/texts";

const words = t.registry;

/** Names and values of tags, to be changed, added and taken away. */
function TagFields({ tags }: { tags: Record<string, string> }) {
  const [rows, setRows] = useState(() => Object.entries(tags).map(([name, value], id) => ({ id, name, value })));
  const add = () => setRows([...rows, { id: Math.max(-1, ...rows.map((row) => row.id)) + 1, name: "", value: "" }]);
  return (
    <fieldset className="mb-4">
      <legend className="font-medium">{words.tags}</legend>
      <ul className="space-y-2">
        {rows.map(({ id, name, value }) => (
          <li key={id} className="flex items-center gap-2">
            <Input name={`name.${id}`} aria-label={words.tagName} placeholder={words.tagName} defaultValue={name} required maxLength={250} autoComplete="off" className="flex-1" />
            <Input name={`value.${id}`} aria-label={words.tagValue} placeholder={words.tagValue} defaultValue={value} autoComplete="off" className="flex-1" />
            <IconButton label={words.removeTag(name)} onClick={() => setRows(rows.filter((row) => row.id !== id))}><X size={14} aria-hidden /></IconButton>
          </li>
        ))}
      </ul>
      <Button className="mt-2" onClick={add}><Plus size={14} aria-hidden />{words.addTag}</Button>
    </fieldset>
  );
}

interface Props {
  project: string;
  /** What they are of, for the title. */
  title: string;
  trigger: ReactElement;
  description: string;
  tags: Record<string, string>;
  save: (notes: ModelNotes) => Promise<unknown>;
}

/** Description and tags of a registered model or of a version. */
export function NotesDialog({ project, title, trigger, description, tags, save }: Props) {
  const client = useQueryClient();
  const submit = async (values: Record<string, string>) => {
    await save({ description: values.description ?? "", tags: changesTo(tags, entriesIn(values)) });
    await client.invalidateQueries({ queryKey: ["model", project] });
    say(words.saved);
  };
  return (
    <FormDialog trigger={trigger} title={title} action={t.common.save} onSubmit={submit}>
      <Field label={words.description} hint={t.common.markdownHint}><Textarea name="description" rows={5} defaultValue={description} maxLength={100_000} /></Field>
      <TagFields tags={tags} />
    </FormDialog>
  );
}

import { useId, useState } from "react";
import { X } from "lucide-react";

import { Button, IconButton } from "@/components/ui/Button";
import { Dialog } from "@/components/ui/Dialog";
import { Input } from "@/components/ui/Field";
import type { FileKind } from "@/data/schema";
import { addUpload } from "@/data/uploads";
import type { Chosen } from "@/lib/dropped";
import { formatBytes } from "@/lib/format";
import { faultOfKey, keyBelow } from "@/lib/keys";
import { t } from "@/texts";

import { ChooseFiles } from "./ChooseFiles";

const words = t.files;

interface Props {
  project: string;
  kind: FileKind;
  chosen: Chosen[];
  onChosen: (chosen: Chosen[]) => void;
  onClose: () => void;
}

/** Asks under which keys the chosen files go, then hands them to the tray. */
export function UploadDialog({ project, kind, chosen, onChosen, onClose }: Props) {
  const [folder, setFolder] = useState("");
  const folderId = useId();
  const keys = chosen.map((each) => keyBelow(folder, each.path));
  const faults = keys.map((key) => {
    const fault = faultOfKey(key);
    if (fault !== undefined) return words.faults[fault];
    return keys.filter((other) => other === key).length > 1 ? words.twice : undefined;
  });
  const rename = (index: number, path: string) => onChosen(chosen.map((each, at) => (at === index ? { ...each, path } : each)));
  const add = (more: Chosen[]) => onChosen([...chosen, ...more]);
  const start = () => {
    chosen.forEach((each, index) => addUpload({ project, kind, key: keys[index] ?? each.path }, each.file));
    onClose();
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={words.uploadTitle(chosen.length)} description={words.uploadHint} wide>
      <label htmlFor={folderId} className="font-medium">{words.folder}</label>
      <Input id={folderId} value={folder} onChange={(event) => setFolder(event.target.value)} placeholder="raw" aria-describedby={`${folderId}-hint`} autoComplete="off" />
      <p id={`${folderId}-hint`} className="mt-1 mb-4 text-sm text-muted">{words.folderHint}</p>
      <ul className="mb-4 max-h-[40dvh] space-y-2 overflow-y-auto p-0.5">
        {chosen.map((each, index) => (
          <li key={index} className="grid grid-cols-[minmax(0,1fr)_auto_auto] items-center gap-x-3">
            <Input aria-label={words.keyOf(each.file.name)} aria-invalid={faults[index] !== undefined} value={each.path} onChange={(event) => rename(index, event.target.value)} className="mt-0!" />
            <span className="w-16 text-right text-sm whitespace-nowrap text-muted tabular-nums">{formatBytes(each.file.size)}</span>
            <IconButton label={words.leaveOut(each.file.name)} onClick={() => onChosen(chosen.filter((_, at) => at !== index))}><X size={14} aria-hidden /></IconButton>
            {faults[index] !== undefined && <p className="col-span-full text-sm text-bad">{faults[index]}</p>}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap justify-end gap-2">
        <div className="mr-auto flex flex-wrap gap-2">
          <ChooseFiles label={words.chooseFiles} several look={chosen.length === 0 ? "primary" : "plain"} onChosen={add} />
          <ChooseFiles label={words.chooseFolder} folder onChosen={add} />
        </div>
        <Button onClick={onClose}>{t.common.cancel}</Button>
        {chosen.length > 0 && <Button look="primary" disabled={faults.some((fault) => fault !== undefined)} onClick={start}>{words.upload}</Button>}
      </div>
    </Dialog>
  );
}

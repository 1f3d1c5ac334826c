import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { ErrorText } from "@/components/ui/ErrorPanel";
import { Progress } from "@/components/ui/Progress";
import { uploadsQuery } from "@/data/files";
import type { FileKind, Upload } from "@/data/schema";
import { addUpload, discardUpload, useTransfers } from "@/data/uploads";
import type { Chosen } from "@/lib/dropped";
import { formatBytes, formatDate } from "@/lib/format";
import { markOf } from "@/lib/keys";
import { t } from "@/texts";

import { ChooseFiles } from "./ChooseFiles";

const words = t.files;

function Row({ upload }: { upload: Upload }) {
  const [failure, setFailure] = useState<string | null>(null);
  const { project, kind, key, offset_bytes, size_bytes } = upload;
  const isOurs = upload.fingerprint.startsWith("web:");
  const resume = ([chosen]: Chosen[]) => {
    if (chosen === undefined) return;
    const isSame = markOf(chosen.file) === upload.fingerprint;
    setFailure(isSame ? null : words.otherFile(chosen.file.name));
    if (isSame) addUpload({ project, kind, key }, chosen.file);
  };
  return (
    <li className="border-t border-line py-3 first:border-0">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-60">
          <p className="font-medium break-all">{key}</p>
          <p className="text-sm text-muted tabular-nums">{words.arrived(formatBytes(offset_bytes), formatBytes(size_bytes))} · {words.kept} {formatDate(upload.expires_at)}</p>
          <Progress label={key} value={offset_bytes} max={size_bytes} className="mt-1.5" />
        </div>
        {isOurs ? <ChooseFiles label={words.resumeByFile} onChosen={resume} /> : <p className="text-sm text-muted">{words.unfinishedElsewhere}</p>}
        <Confirm trigger={<Button look="danger">{words.discard}</Button>} title={words.discardTitle(key)} action={words.discard} onConfirm={() => discardUpload(project, upload.id)}>
          {words.discardText(formatBytes(offset_bytes))}
        </Confirm>
      </div>
      <ErrorText error={failure} />
    </li>
  );
}

/** Uploads that were begun and not finished, in a tab that was closed or by a program. */
export function Unfinished({ project, kind }: { project: string; kind: FileKind }) {
  const { data: uploads = [] } = useQuery(uploadsQuery(project, kind));
  const transfers = useTransfers();
  const inTray = (upload: Upload) => transfers.some((each) => each.project === project && each.kind === kind && each.key === upload.key && each.total === upload.size_bytes && each.state !== "done");
  const shown = uploads.filter((upload) => !inTray(upload));
  if (shown.length === 0) return null;
  return (
    <section aria-label={words.unfinished} className="mb-4 rounded-lg border border-line bg-surface px-4 pt-3">
      <h2 className="font-semibold">{words.unfinished}</h2>
      <p className="text-sm text-muted">{words.unfinishedHint}</p>
      <ul className="mt-1">{shown.map((upload) => <Row key={upload.id} upload={upload} />)}</ul>
    </section>
  );
}

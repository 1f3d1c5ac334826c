import { ChevronDown, ChevronUp, Pause, Play, RotateCw, X } from "lucide-react";
import { useState } from "react";

import { IconButton } from "@/components/ui/Button";
import { FileLink } from "@/components/ui/FileLink";
import { Progress } from "@/components/ui/Progress";
import { cancelUpload, dismissUpload, pauseUpload, resumeUpload, type Transfer, useTransfers } from "@/data/uploads";
import { formatBytes, formatDuration } from "@/lib/format";
import { t } from "@/texts";

const words = t.files;

function detailOf(transfer: Transfer): string {
  const { state, sent, total, speed, error, version } = transfer;
  if (state === "done") return version === undefined ? formatBytes(total) : `${words.versionOf(version)} · ${formatBytes(total)}`;
  if (state === "failed") return error === undefined || error === "" ? words.broken : error;
  const parts = [words.arrived(formatBytes(sent), formatBytes(total))];
  if (state !== "running") parts.push(words[state]);
  else if (speed !== null && speed > 0) parts.push(words.perSecond(formatBytes(speed)), words.left(formatDuration((total - sent) / speed)));
  return parts.join(" · ");
}

function Actions({ transfer: { id, key, state } }: { transfer: Transfer }) {
  if (state === "done") return <IconButton label={words.dismiss(key)} onClick={() => dismissUpload(id)}><X size={14} aria-hidden /></IconButton>;
  return (
    <>
      {(state === "running" || state === "waiting") && <IconButton label={words.pause(key)} onClick={() => pauseUpload(id)}><Pause size={14} aria-hidden /></IconButton>}
      {state === "paused" && <IconButton label={words.resume(key)} onClick={() => resumeUpload(id)}><Play size={14} aria-hidden /></IconButton>}
      {state === "failed" && <IconButton label={words.again(key)} onClick={() => resumeUpload(id)}><RotateCw size={14} aria-hidden /></IconButton>}
      <IconButton label={words.cancel(key)} onClick={() => void cancelUpload(id)}><X size={14} aria-hidden /></IconButton>
    </>
  );
}

function Row({ transfer }: { transfer: Transfer }) {
  const { kind, key, project, state, sent, total } = transfer;
  return (
    <li className="border-t border-line py-2 pr-1 pl-4">
      <div className="flex items-center gap-1">
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium" title={key}>
            {state === "done" ? <FileLink project={project} kind={kind} fileKey={key}>{key}</FileLink> : key}
          </p>
          <p className={state === "failed" ? "text-sm break-words text-bad" : "truncate text-sm text-muted tabular-nums"}>{detailOf(transfer)}</p>
        </div>
        <Actions transfer={transfer} />
      </div>
      {state !== "done" && <Progress label={key} value={sent} max={total} failed={state === "failed"} className="mt-1.5 mr-3" />}
    </li>
  );
}

function titleOf(transfers: readonly Transfer[]): string {
  const count = (...states: Transfer["state"][]) => transfers.filter((each) => states.includes(each.state)).length;
  if (count("running", "waiting") > 0) return words.trayRunning(count("done"), transfers.length);
  if (count("failed") > 0) return words.trayFailed(count("failed"));
  if (count("paused") > 0) return words.trayPaused(count("paused"));
  return words.trayDone(transfers.length);
}

/** The uploads of this tab, on every page. */
export function UploadTray() {
  const transfers = useTransfers();
  const [open, setOpen] = useState(true);
  if (transfers.length === 0) return null;
  const allDone = transfers.every((each) => each.state === "done");
  return (
    <section aria-label={words.tray} className="fixed right-4 bottom-4 z-30 w-[calc(100vw-2rem)] max-w-96 overflow-hidden rounded-lg border border-line bg-surface shadow-pop">
      <div className="flex items-center gap-1 py-1 pr-1 pl-4">
        <h2 role="status" className="min-w-0 flex-1 truncate font-semibold">{titleOf(transfers)}</h2>
        <IconButton label={open ? words.collapse : words.expand} aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? <ChevronDown size={16} aria-hidden /> : <ChevronUp size={16} aria-hidden />}
        </IconButton>
        {allDone && <IconButton label={t.common.close} onClick={() => transfers.forEach((each) => dismissUpload(each.id))}><X size={16} aria-hidden /></IconButton>}
      </div>
      {open && <ul className="max-h-72 overflow-y-auto">{transfers.map((each) => <Row key={each.id} transfer={each} />)}</ul>}
    </section>
  );
}

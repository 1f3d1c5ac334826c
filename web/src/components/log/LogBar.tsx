import { ArrowDown, ArrowUp, Download, WrapText } from "lucide-react";
import type { KeyboardEvent, Ref } from "react";

import { AnchorButton, IconButton } from "@/components/ui/Button";
import { formatNumber } from "@/lib/format";
import { t } from "@/texts";

import type { Connection } from "./feed";
import type { LogSearch } from "./useLogSearch";

interface Props {
  text: string;
  onText: (text: string) => void;
  search: LogSearch;
  /** Which of the found lines is shown, from 0; -1 before one was gone to. */
  at: number;
  onStep: (step: 1 | -1) => void;
  wrap: boolean;
  onWrap: () => void;
  address: string;
  fileName: string;
  summary: string;
  connection: Connection | null;
  input: Ref<HTMLInputElement>;
}

/** The viewer's controls: search, wrap, download, and how far one reads. */
export function LogBar({ text, onText, search, at, onStep, wrap, onWrap, address, fileName, summary, connection, input }: Props) {
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") onStep(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") onText("");
  };
  const some = search.places.length > 0;
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-2 py-1.5">
      <input
        ref={input}
        type="search"
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={onKey}
        aria-label={t.log.search}
        placeholder={t.log.search}
        spellCheck={false}
        className="h-8 w-44 min-w-0 flex-1 rounded-md border border-field bg-bg px-2 text-base placeholder:text-muted sm:max-w-72 pointer-coarse:h-11"
      />
      {text !== "" && (
        <>
          <span role="status" className="text-sm whitespace-nowrap text-muted tabular-nums">{hitsLine(search, at)}</span>
          <IconButton label={t.log.previous} disabled={!some} onClick={() => onStep(-1)}><ArrowUp size={16} aria-hidden /></IconButton>
          <IconButton label={t.log.next} disabled={!some} onClick={() => onStep(1)}><ArrowDown size={16} aria-hidden /></IconButton>
        </>
      )}
      <span className="ml-auto flex items-center gap-2 text-sm text-muted">
        <span className="hidden tabular-nums sm:inline">{summary}</span>
        {connection === "live" && <span className="inline-flex items-center gap-1.5 text-run"><span aria-hidden className="size-2 rounded-full bg-run" />{t.log.live}</span>}
        {connection === "waiting" && <span className="text-wait">{t.log.reconnecting}</span>}
      </span>
      <IconButton label={t.log.wrap} aria-pressed={wrap} onClick={onWrap} className={wrap ? "bg-selected text-text" : ""}><WrapText size={16} aria-hidden /></IconButton>
      <AnchorButton look="quiet" href={address} download={fileName} aria-label={t.log.download} title={t.log.download} className="w-9 px-0! pointer-coarse:w-11"><Download size={16} aria-hidden /></AnchorButton>
    </div>
  );
}

function hitsLine({ places, isMore, isBusy, error }: LogSearch, at: number): string {
  if (isBusy) return t.log.searching;
  if (error) return t.log.searchFailed;
  if (places.length === 0) return t.log.noHits;
  const all = formatNumber(places.length) + (isMore ? "+" : "");
  return at < 0 ? t.log.hits(all) : t.log.hitOf(formatNumber(at + 1), all);
}

import { CopyButton } from "@/components/ui/CodeLine";
import type { ServiceAnswer } from "@/data/schema";
import { cx } from "@/lib/cx";
import { formatBytes, formatDuration } from "@/lib/format";
import { t } from "@/texts";

/** JSON is set out over lines; all else stands as it came. Never more than text. */
function readable(text: string): string {
  if (text.length > 200_000 || !/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const LOOK: Record<string, string> = { 2: "text-ok bg-ok-bg", 3: "text-run bg-run-bg", 4: "text-wait bg-wait-bg", 5: "text-bad bg-bad-bg" };

interface Props {
  answer: Omit<ServiceAnswer, "headers"> & { headers: string[][] };
}

/** What the service answered: status, time, headers and body as text. */
export function Answer({ answer }: Props) {
  const { status, headers, text, duration_ms: ms } = answer;
  const took = ms < 1000 ? `${ms < 10 ? ms : Math.round(ms)} ms` : formatDuration(ms / 1000);
  const body = text === null || text === undefined ? null : readable(text);
  return (
    <section aria-label={t.services.answer} className="rounded-lg border border-line bg-surface">
      <div className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-4 py-1">
        <span className={cx("inline-flex h-6 items-center rounded-md px-2 font-semibold tabular-nums", LOOK[Math.floor(status / 100)])}>{status}</span>
        <span className="tabular-nums">{took}</span>
        <span className="text-muted tabular-nums">{formatBytes(answer.size_bytes)}{!answer.is_whole && ` – ${t.services.cut}`}</span>
        {body && <span className="ml-auto"><CopyButton text={body} /></span>}
      </div>
      <details className="border-b border-line px-4">
        <summary className="py-2 text-muted hover:text-text">{t.services.answerHeaders(headers.length)}</summary>
        <dl className="pb-3 text-sm">
          {headers.map(([name, value], index) => (
            <div key={index} className="break-all"><dt className="inline text-muted">{name}: </dt><dd className="inline font-mono">{value}</dd></div>
          ))}
        </dl>
      </details>
      {body === null && <p className="p-4 text-muted">{t.services.noText}</p>}
      {body === "" && <p className="p-4 text-muted">{t.services.noBody}</p>}
      {body && <pre tabIndex={0} className="max-h-[32rem] overflow-auto p-4 break-words whitespace-pre-wrap">{body}</pre>}
    </section>
  );
}

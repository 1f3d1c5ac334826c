import { Check, Clock, FlaskConical, Loader, type LucideIcon, Play, Square, Upload, X } from "lucide-react";

import { cx } from "@/lib/cx";
import { type Happens, kindOf, pathOf } from "@/lib/happening";
import { t } from "@/texts";

import { PathLink } from "./PathLink";
import { Ago } from "./Time";

type Word = keyof typeof t.happening.words;

export interface Shown extends Happens {
  at: string;
  event: Word;
  user?: string | null;
  reason?: string;
}

const LOOK: Record<Word, [LucideIcon, string]> = {
  uploaded: [Upload, "text-off bg-off-bg"],
  ready: [FlaskConical, "text-run bg-run-bg"],
  finished: [Check, "text-ok bg-ok-bg"],
  failed: [X, "text-bad bg-bad-bg"],
  stopped: [Square, "text-off bg-off-bg"],
  pending: [Clock, "text-wait bg-wait-bg"],
  starting: [Loader, "text-run bg-run-bg"],
  running: [Play, "text-run bg-run-bg"],
  stopping: [Loader, "text-run bg-run-bg"],
};

function Line({ happening, withProject, isNew, short }: { happening: Shown; withProject: boolean; isNew: boolean; short: boolean }) {
  const [Icon, look] = LOOK[happening.event];
  const { reason = "" } = happening;
  return (
    <li className="flex gap-3 border-b border-line px-3 py-2 last:border-0">
      <span className={cx("mt-0.5 flex size-6 shrink-0 items-center justify-center rounded-md", look)}><Icon size={13} aria-hidden /></span>
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-baseline gap-x-2">
          <PathLink path={pathOf(happening)} className="font-medium break-all hover:underline">{happening.name || t.happening.unnamed}</PathLink>
          <span>{t.happening.words[happening.event]}</span>
          {isNew && <span className="rounded-sm bg-accent px-1 text-xs text-on-accent">{t.activity.isNew}</span>}
          <span className="ml-auto text-sm text-muted"><Ago at={happening.at} /></span>
        </div>
        <p className="text-sm text-muted">
          {kindOf(happening)}
          {withProject && <> · <PathLink path={`/projects/${happening.project}`} className="hover:underline">{happening.project}</PathLink></>}
          {happening.user && <> · {happening.user}</>}
        </p>
        {reason !== "" && reason !== happening.event && <p className={cx("text-sm break-words", short && "line-clamp-2", happening.event === "failed" ? "text-bad" : "text-muted")}>{reason}</p>}
      </div>
    </li>
  );
}

interface Props {
  happenings: Shown[];
  /** What stands there when there are none. */
  none: string;
  /** Where several projects are mixed: names each line's. */
  withProject?: boolean;
  /** Of long reasons only the beginning. */
  short?: boolean;
  /** Marks what happened after this time. */
  newSince?: string;
}

/** What happened or goes on, one line each, newest first. */
export function Happenings({ happenings, none, withProject = false, short = false, newSince }: Props) {
  if (happenings.length === 0) return <p className="rounded-lg border border-line bg-surface px-3 py-3 text-muted">{none}</p>;
  return (
    <ul className="rounded-lg border border-line bg-surface">
      {happenings.map((each) => <Line key={`${each.at} ${each.what} ${each.id} ${each.event} ${each.number ?? ""}`} happening={each} withProject={withProject} short={short} isNew={newSince !== undefined && each.at > newSince} />)}
    </ul>
  );
}

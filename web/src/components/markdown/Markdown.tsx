import { lazy, Suspense } from "react";

import { t } from "@/texts";

const Rendered = lazy(async () => ({ default: (await import("./Rendered")).Rendered }));

export interface MarkdownProps {
  text: string;
  /** The level of its highest heading: one below the heading that it stands under. */
  from?: 2 | 3 | 4;
  className?: string;
}

/** What somebody wrote, as Markdown; its room is kept until the reader of Markdown has come. */
export function Markdown(props: MarkdownProps) {
  return <Suspense fallback={<Room {...props} />}><Rendered {...props} /></Suspense>;
}

function Room({ text, className }: MarkdownProps) {
  return <div data-skeleton role="status" aria-label={t.common.loading} className={className}><p className="invisible break-words whitespace-pre-line">{text}</p></div>;
}

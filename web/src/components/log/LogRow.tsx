import { memo } from "react";

import { cx } from "@/lib/cx";
import { spansOf } from "@/lib/log/ansi";
import { markHits } from "@/lib/log/marks";

interface Props {
  index: number;
  number: number;
  text: string;
  sought: string;
  wrap: boolean;
  /** The line that an address or the search leads to. */
  isCurrent: boolean;
  href: string;
  digits: number;
  measure: ((row: HTMLElement | null) => void) | undefined;
}

/** One line of a log: its number, which is its address, and its text. */
export const LogRow = memo(function LogRow({ index, number, text, sought, wrap, isCurrent, href, digits, measure }: Props) {
  return (
    <div ref={measure} data-index={index} className={cx("flex min-h-5 leading-5", isCurrent ? "log-current bg-selected" : "hover:bg-hover")}>
      <a
        href={href}
        data-line={number}
        tabIndex={-1}
        draggable={false}
        style={{ width: `${digits + 2}ch` }}
        className={cx("sticky left-0 shrink-0 pr-[1ch] text-right text-muted no-underline select-none hover:text-text hover:underline", isCurrent ? "bg-selected" : "bg-surface")}
      >
        {number}
      </a>
      <span className={wrap ? "min-w-0 flex-1 pr-3 break-words whitespace-pre-wrap" : "pr-3 whitespace-pre"}>
        {markHits(spansOf(text), sought).map((piece, at) => (
          <span key={at} className={cx(piece.classes, piece.isHit && "log-hit") || undefined}>{piece.text}</span>
        ))}
      </span>
    </div>
  );
});

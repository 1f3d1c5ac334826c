import { useMemo } from "react";

import { cx } from "@/lib/cx";
import { parsed } from "@/lib/markdown";

import type { MarkdownProps } from "./Markdown";
import { Tokens } from "./Tokens";

/** Markdown as React elements, never HTML: the part that loads late. */
export function Rendered({ text, from = 3, className }: MarkdownProps) {
  const found = useMemo(() => parsed(text), [text]);
  if (found === null) return <div className={cx("break-words whitespace-pre-line", className)}>{text}</div>;
  return <div className={cx("space-y-2 break-words", className)}><Tokens of={found.tokens} place={{ from, depths: found.depths, isLink: false }} /></div>;
}

import type { MarkedToken } from "marked";
import { createElement, type ReactNode } from "react";

import { cx } from "@/lib/cx";
import { headingId, known, plain, safeAddress, unescaped } from "@/lib/markdown";
import { t } from "@/texts";

type Of<Kind extends MarkedToken["type"]> = Extract<MarkedToken, { type: Kind }>;
const FRAME = "rounded-md border border-line";
const ALIGN = { left: "text-left", center: "text-center", right: "text-right" };

interface Place {
  /** The level of the highest heading. */
  from: number;
  depths: number[];
  /** Within a link there is no other. */
  isLink: boolean;
}

interface Props<Kind extends MarkedToken["type"] = MarkedToken["type"]> {
  token: Of<Kind>;
  place: Place;
}

export function Tokens({ of, place }: { of: MarkedToken[]; place: Place }) {
  return of.map((each, index) => <One key={index} token={each} place={place} />);
}

function One({ token, place }: Props): ReactNode {
  const inner = () => <Tokens of={"tokens" in token ? known(token.tokens) : []} place={place} />;
  switch (token.type) {
    case "text": return token.tokens ? inner() : token.escaped === false ? unescaped(token.text) : token.text;
    case "escape": return token.text;
    case "paragraph": return <p>{inner()}</p>;
    case "strong": return <strong className="font-semibold">{inner()}</strong>;
    case "em": return <em>{inner()}</em>;
    case "del": return <del>{inner()}</del>;
    case "codespan": return <code className="rounded-sm bg-hover px-1">{token.text}</code>;
    case "code": return <pre tabIndex={0} className={cx("overflow-x-auto bg-surface px-3 py-2 whitespace-pre", FRAME)}><code>{token.text}</code></pre>;
    case "blockquote": return <blockquote className="space-y-2 border-l-2 border-line pl-3">{inner()}</blockquote>;
    case "br": return <br />;
    case "hr": return <hr className="border-line" />;
    case "heading": return <Heading token={token} place={place} />;
    case "link": return <Target token={token} place={place}><Tokens of={known(token.tokens)} place={{ ...place, isLink: true }} /></Target>;
    // Never an <img>: the page's policy allows no other host, and the host would learn who reads.
    case "image": return <Target token={token} place={place}>{unescaped(token.text) || token.href.slice(0, 100)}</Target>;
    case "html": return <Html token={token} />;
    case "list": return <List token={token} place={place} />;
    case "list_item": return <Item token={token} place={place} />;
    case "table": return <Table token={token} place={place} />;
    case "checkbox": case "def": case "space": return null;
  }
}

/** Headings go down without a gap, whatever depths the text uses. */
function Heading({ token, place }: Props<"heading">) {
  const level = Math.min(6, place.from + place.depths.indexOf(token.depth));
  const tokens = known(token.tokens);
  return createElement(`h${level}`, { id: headingId(plain(tokens)), className: cx("pt-1 font-semibold", level === 2 && "text-lg") }, <Tokens of={tokens} place={place} />);
}

/** A link where it may lead; else its text. */
function Target({ token, place, children }: Props<"link" | "image"> & { children: ReactNode }) {
  const url = token.type === "link" && token.autolink ? token.href : unescaped(token.href);
  const href = place.isLink ? null : safeAddress(url);
  if (href === null) return children;
  const away = href.startsWith("http") ? { target: "_blank", rel: "noopener" } : {};
  return <a href={href} {...away} className="text-accent underline">{children}</a>;
}

/** HTML is text; but for line breaks, and comments, which nobody should see. */
function Html({ token }: { token: Of<"html"> }) {
  const text = token.text.trim();
  if (/^<br\s*\/?>$/i.test(text)) return <br />;
  if (text.startsWith("<!--") && text.endsWith("-->")) return null;
  return token.block ? <p className="whitespace-pre-line">{text}</p> : text;
}

function List({ token, place }: Props<"list">) {
  const look = cx("pl-6", token.loose && "space-y-2");
  const items = <Tokens of={token.items} place={place} />;
  return token.ordered ? <ol start={token.start === "" ? 1 : token.start} className={cx("list-decimal", look)}>{items}</ol> : <ul className={cx("list-disc", look)}>{items}</ul>;
}

function Item({ token, place }: Props<"list_item">) {
  const content = <Tokens of={known(token.tokens)} place={place} />;
  if (!token.task) return <li className="space-y-1">{content}</li>;
  return (
    <li className="-ml-5 flex list-none gap-1.5">
      <span role="img" aria-label={token.checked ? t.common.done : t.common.open}>{token.checked ? "☑" : "☐"}</span>
      <div className="min-w-0 space-y-1">{content}</div>
    </li>
  );
}

function Table({ token, place }: Props<"table">) {
  const cell = (each: Of<"table">["header"][number]) => <Tokens of={known(each.tokens)} place={place} />;
  const look = (align: keyof typeof ALIGN | null) => cx("border-b border-line px-3 py-1", ALIGN[align ?? "left"]);
  return (
    <div tabIndex={0} role="group" aria-label={t.common.table} className={cx("w-fit max-w-full overflow-x-auto", FRAME)}>
      <table className="whitespace-normal">
        <thead><tr>{token.header.map((each, at) => <th key={at} scope="col" className={cx(look(each.align), "font-semibold")}>{cell(each)}</th>)}</tr></thead>
        <tbody>{token.rows.map((row, index) => <tr key={index}>{row.map((each, at) => <td key={at} className={look(each.align)}>{cell(each)}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}

import { useMatch } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";

import { keepVisit } from "@/lib/recent";
import { keepTitle, trimmed } from "@/lib/titles";
import { t } from "@/texts";

interface Props {
  title: string;
  /** Beside the title: a count or a status. */
  beside?: ReactNode;
  /** The page's one main action, and few others. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A page: its title gets the focus when one comes here, so that it is read out. */
export function Page({ title, beside, actions, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const path = useMatch({ strict: false, select: (match) => match.pathname });
  useEffect(() => {
    document.title = `${title} · ${t.common.lab}`;
    if (path === "/") return;
    keepTitle(path, title);
    keepVisit({ path: trimmed(path), title });
  }, [title, path]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <>
      <header className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 ref={heading} tabIndex={-1} className="text-xl font-semibold break-words outline-none">{title}</h1>
        {beside}
        {actions && <div className="ml-auto flex flex-wrap gap-2">{actions}</div>}
      </header>
      {children}
    </>
  );
}

/** A framed part of a page with its heading. */
export function Section({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="mb-6">
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <h2 className="text-lg font-semibold">{title}</h2>
        {actions && <div className="ml-auto flex gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  );
}

/** Facts as pairs of name and value. */
export function Facts({ facts }: { facts: [string, ReactNode][] }) {
  return (
    <dl className="mb-4 flex flex-wrap gap-x-8 gap-y-2">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt className="text-sm text-muted">{name}</dt>
          <dd className="break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

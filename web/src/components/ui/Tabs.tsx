import { Link, type LinkProps } from "@tanstack/react-router";

import { cx } from "@/lib/cx";

interface Tab {
  label: string;
  link: LinkProps;
  active: boolean;
  count?: number | undefined;
}

/** Parts of one page, each with an address of its own. */
export function TabLinks({ label, tabs }: { label: string; tabs: Tab[] }) {
  return (
    <nav aria-label={label} className="mb-4 flex gap-1 overflow-x-auto border-b border-line">
      {tabs.map((tab) => (
        <Link
          key={tab.label}
          {...tab.link}
          aria-current={tab.active ? "page" : undefined}
          className={cx(
            "-mb-px flex h-10 items-center gap-2 border-b-2 px-3 font-medium whitespace-nowrap no-underline -outline-offset-2!",
            tab.active ? "border-accent text-text" : "border-transparent text-muted hover:text-text",
          )}
        >
          {tab.label}
          {tab.count !== undefined && <span className="rounded-sm bg-off-bg px-1.5 text-xs text-off tabular-nums">{tab.count}</span>}
        </Link>
      ))}
    </nav>
  );
}

import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import { FlaskConical, FolderOpen, House } from "lucide-react";
import type { ReactNode } from "react";

import { meQuery } from "@/data/me";
import { t } from "@/texts";

const ITEM = "flex h-9 items-center gap-2.5 rounded-md px-2.5 font-medium no-underline pointer-coarse:h-11";

function Item({ icon, label, exact, onNavigate, ...link }: LinkProps & { icon: ReactNode; label: string; exact?: boolean; onNavigate?: (() => void) | undefined }) {
  return (
    <Link
      {...link}
      onClick={onNavigate}
      activeOptions={{ exact: exact ?? false, includeSearch: false }}
      activeProps={{ className: "bg-selected text-text" }}
      inactiveProps={{ className: "text-muted hover:bg-hover hover:text-text" }}
      className={ITEM}
    >
      {icon}
      {label}
    </Link>
  );
}

interface Props {
  project: string | undefined;
  onNavigate?: () => void;
}

/** Where one can go: the lab, the project that is open, administration. */
export function Sidebar({ onNavigate }: Props) {
  useSuspenseQuery(meQuery);
  return (
    <div className="p-3">
      <Link to="/" onClick={onNavigate} className="mb-3 flex h-9 items-center gap-2 px-2.5 text-lg font-semibold no-underline">
        <FlaskConical size={18} aria-hidden className="text-accent" />
        {t.common.lab}
      </Link>
      <nav aria-label={t.shell.main} className="space-y-0.5">
        <Item to="/" exact icon={<House size={16} aria-hidden />} label={t.shell.home} onNavigate={onNavigate} />
        <Item to="/projects" icon={<FolderOpen size={16} aria-hidden />} label={t.shell.projects} onNavigate={onNavigate} />
      </nav>
    </div>
  );
}

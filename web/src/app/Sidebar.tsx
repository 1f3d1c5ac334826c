import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { meQuery } from "@/data/me";
import { t } from "@/texts";

import { Brand } from "./Brand";
import { adminPlaces, labPlaces, type Place, projectPlaces } from "./places";

// Its list with a filter weighs as much as the frame: it comes after the first paint.
const ProjectSwitcher = lazy(async () => ({ default: (await import("./ProjectSwitcher")).ProjectSwitcher }));

const ITEM = "flex h-8 items-center gap-2.5 rounded-md px-2.5 font-medium no-underline pointer-coarse:h-11";

interface PlacesProps {
  label: string;
  /** Whether the label is shown as a heading too. */
  headed?: boolean;
  places: Place[];
  project?: string;
  onNavigate: (() => void) | undefined;
}

function Places({ label, headed, places, project, onNavigate }: PlacesProps) {
  return (
    <nav aria-label={label} className="space-y-0.5">
      {headed && <p aria-hidden className="mb-1 px-2.5 text-xs font-medium text-muted">{label}</p>}
      {places.map((place) => (
        <Link
          key={place.to}
          to={place.to}
          params={{ project }}
          onClick={onNavigate}
          activeOptions={{ exact: place.exact ?? false, includeSearch: false }}
          activeProps={{ className: "bg-selected text-text" }}
          inactiveProps={{ className: "text-muted hover:bg-hover hover:text-text" }}
          className={ITEM}
        >
          <place.icon size={16} aria-hidden />
          {place.label}
        </Link>
      ))}
    </nav>
  );
}

interface Props {
  project: string | undefined;
  onNavigate?: () => void;
}

/** Where one can go: the lab, the project that is open, administration. */
export function Sidebar({ project, onNavigate }: Props) {
  const { data: me } = useSuspenseQuery(meQuery);
  return (
    <div className="space-y-5 p-3">
      <Link to="/" onClick={onNavigate} className="mb-2 flex h-8 items-center gap-2.5 px-2 text-lg font-semibold no-underline">
        <Brand />
        {t.common.lab}
      </Link>
      <Places label={t.shell.main} places={labPlaces} onNavigate={onNavigate} />
      <div className="space-y-2">
        <Suspense fallback={<div className="flex h-9 items-center rounded-md border border-field/60 px-2.5 font-medium text-muted pointer-coarse:h-11">{project ?? t.shell.chooseProject}</div>}><ProjectSwitcher project={project} onNavigate={onNavigate} /></Suspense>
        {project !== undefined && <Places label={t.shell.project} places={projectPlaces} project={project} onNavigate={onNavigate} />}
      </div>
      {me.is_admin && adminPlaces.length > 0 && <Places label={t.shell.admin} headed places={adminPlaces} onNavigate={onNavigate} />}
    </div>
  );
}

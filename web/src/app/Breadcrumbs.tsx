import { Link, useLocation, useRouter } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { useSyncExternalStore } from "react";

import { crumbsOf } from "@/lib/crumbs";
import { subscribeTitles, titleOf, titlesVersion } from "@/lib/titles";
import { t } from "@/texts";

import { adminPlaces, labPlaces, ownPlaces, projectPlaces } from "./places";

const words = new Map<string, string>([...labPlaces, ...projectPlaces, ...adminPlaces, ...ownPlaces].map((place) => [place.to, place.label]));
words.set("/admin", t.shell.admin);

/** Where the page stands; every step but the last is a way up. */
export function Breadcrumbs({ project }: { project: string | undefined }) {
  const router = useRouter();
  const path = useLocation({ select: (location) => location.pathname });
  useSyncExternalStore(subscribeTitles, titlesVersion);
  const isPage = (step: string) => {
    const [, params, route] = router.getMatchedRoutes(step);
    return route !== undefined && !("**" in params) && !("_splat" in params);
  };
  const nameOf = (step: string) => {
    if (project === undefined) return words.get(step) ?? titleOf(step);
    const own = `/projects/${project}`;
    if (step === own) return project;
    const noun = step.startsWith(`${own}/`) ? step.replace(own, "/projects/$project") : step;
    return words.get(noun) ?? titleOf(step);
  };
  const crumbs = crumbsOf(path, isPage, nameOf);
  return (
    <nav aria-label={t.shell.breadcrumbs} className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1">
        {crumbs.map((crumb, index) => {
          const last = index === crumbs.length - 1;
          return (
            <li key={crumb.path} className={last ? "flex min-w-0 items-center gap-1" : "hidden items-center gap-1 sm:flex"}>
              {index > 0 && <ChevronRight size={14} aria-hidden className="hidden shrink-0 text-muted sm:block" />}
              {last ? (
                <span aria-current="page" className="truncate font-medium">{crumb.label}</span>
              ) : (
                <Link to={crumb.path} className="max-w-48 truncate text-muted no-underline hover:text-text hover:underline">{crumb.label}</Link>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

import { Combobox } from "@base-ui/react/combobox";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMatches, useNavigate } from "@tanstack/react-router";
import { Check, ChevronsUpDown } from "lucide-react";
import { useEffect } from "react";

import { projectsQuery } from "@/data/projects";
import type { Project } from "@/data/schema";
import { t } from "@/texts";

import { projectPlaces } from "./places";

/** Where another project is entered: at the noun that is open now, else at its overview. */
function useNoun(): string {
  const routes = useMatches({ select: (matches) => matches.map((match) => match.fullPath) });
  const here = routes.at(-1) ?? "";
  const open = projectPlaces.find((place) => !place.exact && here.startsWith(place.to));
  return open?.to ?? "/projects/$project";
}

interface Props {
  project: string | undefined;
  onNavigate: (() => void) | undefined;
}

/** Goes to another project, and stays at the same noun. */
export function ProjectSwitcher({ project, onNavigate }: Props) {
  const query = useInfiniteQuery(projectsQuery);
  const { hasNextPage, isFetching, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const navigate = useNavigate();
  const noun = useNoun();
  const projects = query.data ?? [];
  const go = (chosen: Project | null) => {
    if (chosen === null) return;
    onNavigate?.();
    void navigate({ to: noun, params: { project: chosen.name } });
  };
  if (query.data?.length === 0) return null;
  return (
    <Combobox.Root
      items={projects}
      value={projects.find((each) => each.name === project) ?? null}
      onValueChange={go}
      autoHighlight
      itemToStringLabel={(each: Project) => `${each.name} ${each.title}`}
      isItemEqualToValue={(one: Project, other: Project) => one.name === other.name}
    >
      <Combobox.Trigger aria-label={t.shell.chooseProject} className="flex h-9 w-full items-center justify-between gap-2 rounded-md border border-field/60 bg-surface px-2.5 font-medium hover:bg-hover pointer-coarse:h-11">
        <span className={project === undefined ? "truncate text-muted" : "truncate"}>{project ?? t.shell.chooseProject}</span>
        <ChevronsUpDown size={14} aria-hidden className="shrink-0 text-muted" />
      </Combobox.Trigger>
      <Combobox.Portal>
        <Combobox.Positioner align="start" sideOffset={4} className="z-60">
          <Combobox.Popup aria-label={t.shell.chooseProject} className="w-72 max-w-(--available-width) rounded-md border border-line bg-surface shadow-pop">
            <div className="border-b border-line p-1.5">
              <Combobox.Input placeholder={t.shell.findProject} aria-label={t.shell.findProject} className="h-8 w-full rounded-sm bg-bg px-2 text-base placeholder:text-muted" />
            </div>
            <Combobox.Empty><p className="px-3 py-2 text-muted">{t.common.noHits}</p></Combobox.Empty>
            <Combobox.List className="max-h-80 overflow-y-auto py-1 empty:hidden">
              {(each: Project) => (
                <Combobox.Item key={each.name} value={each} className="flex min-h-8 cursor-default items-center gap-2 px-2 py-1 data-highlighted:bg-hover pointer-coarse:min-h-11">
                  <span className="w-4 shrink-0"><Combobox.ItemIndicator><Check size={14} aria-hidden /></Combobox.ItemIndicator></span>
                  <span className="min-w-0">
                    <span className="block truncate">{each.name}</span>
                    {each.title && <span className="block truncate text-xs text-muted">{each.title}</span>}
                  </span>
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}

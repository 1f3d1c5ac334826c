// What the palette lists: recent pages, places, the page's actions, and what the lab found.
import type { Hit, Me } from "@/data/schema";
import { pageCommands } from "@/lib/commands";
import { foundPath } from "@/lib/found";
import { recentPages } from "@/lib/recent";
import { t } from "@/texts";

import { adminPlaces, labPlaces, ownPlaces, projectPlaces } from "../places";

export interface Item {
  key: string;
  label: string;
  /** Beside the label: where it is or what it is. */
  hint: string;
  /** Where it leads, or what it does. */
  path?: string;
  run?: () => void;
}

export interface Group {
  value: string;
  items: Item[];
}

const matches = (item: Item, q: string): boolean =>
  q.toLowerCase().split(/\s+/).every((word) => `${item.label} ${item.hint}`.toLowerCase().includes(word));

const pathFor = (to: string, project: string): string => to.replace("$project", project);

/** All that is known without asking the lab. */
export function ownGroups(me: Me, project: string | undefined, help: () => void): Group[] {
  const inProject = project === undefined ? [] : projectPlaces.map((place) => ({ key: place.to, label: place.label, hint: project, path: pathFor(place.to, project) }));
  const lab = [...labPlaces, ...ownPlaces].map((place) => ({ key: place.to, label: place.label, hint: "", path: place.to }));
  const admin = me.is_admin ? adminPlaces.map((place) => ({ key: place.to, label: place.label, hint: t.shell.admin, path: place.to })) : [];
  const main = document.getElementById("main");
  const actions = (main === null ? [] : pageCommands(main)).map((command) => ({ key: `do ${command.label}`, label: command.label, hint: "", run: command.run }));
  return [
    { value: t.palette.recent, items: recentPages().map((page) => ({ key: `recent ${page.path}`, label: page.title, hint: page.path, path: page.path })) },
    { value: t.palette.actions, items: [...actions, { key: "help", label: t.palette.help, hint: "?", run: help }] },
    { value: t.palette.pages, items: [...inProject, ...lab, ...admin] },
  ];
}

/** What fits what was typed; what the lab found comes last, so that lines do not jump. */
export function shownGroups(own: Group[], hits: Hit[], q: string): Group[] {
  const fitting = own.map((group) => ({ ...group, items: group.items.filter((item) => matches(item, q)) }));
  const found = hits.map((hit) => ({ key: `found ${hit.noun} ${hit.project ?? ""} ${hit.id}`, label: hit.name, hint: [t.palette.nouns[hit.noun], hit.project].filter(Boolean).join(" · "), path: foundPath(hit) }));
  return [...fitting, { value: t.palette.found, items: q === "" ? [] : found }].filter((group) => group.items.length > 0);
}

// Where the sidebar, the palette and `g` + letter lead. One line per place, in the order shown;
// a page that is added gets its line here (its text in `t.shell`) and is found everywhere.
import type { LinkProps } from "@tanstack/react-router";
import {
  Activity, BookOpen, Box, CircleUser, Database, FlaskConical, FolderOpen, Folders, HeartPulse, House, Info, KeyRound, Laptop, LayoutDashboard, type LucideIcon,
  Radio, Settings, SlidersHorizontal, SquarePlay, Tags, Users, UsersRound,
} from "lucide-react";

import { t } from "@/texts";

export interface Place {
  to: NonNullable<LinkProps["to"]>;
  label: string;
  icon: LucideIcon;
  /** `g` and this letter go there. */
  letter?: string;
  /** Active only at this very address, not below it. */
  exact?: boolean;
}

export const labPlaces: Place[] = [
  { to: "/", label: t.shell.home, icon: House, letter: "h", exact: true },
  { to: "/projects", label: t.shell.projects, icon: FolderOpen, letter: "p", exact: true },
  { to: "/workspace", label: t.shell.workspace, icon: Laptop, letter: "w" },
];

/** Below `/projects/$project`: overview, datasets, models, experiments, registry, jobs, services, members, secrets, settings. */
export const projectPlaces: Place[] = [
  { to: "/projects/$project", label: t.shell.overview, icon: LayoutDashboard, letter: "o", exact: true },
  { to: "/projects/$project/datasets", label: t.shell.datasets, icon: Database, letter: "d" },
  { to: "/projects/$project/models", label: t.shell.models, icon: Box, letter: "m" },
  { to: "/projects/$project/experiments", label: t.shell.experiments, icon: FlaskConical, letter: "e" },
  { to: "/projects/$project/registry", label: t.shell.registry, icon: Tags, letter: "r" },
  { to: "/projects/$project/jobs", label: t.shell.jobs, icon: SquarePlay, letter: "j" },
  { to: "/projects/$project/services", label: t.shell.services, icon: Radio, letter: "s" },
  { to: "/projects/$project/members", label: t.shell.members, icon: Users },
  { to: "/projects/$project/secrets", label: t.shell.secrets, icon: KeyRound },
  { to: "/projects/$project/settings", label: t.shell.projectSettings, icon: Settings },
];

export const adminPlaces: Place[] = [
  { to: "/admin/users", label: t.shell.users, icon: UsersRound, letter: "u" },
  { to: "/admin/projects", label: t.shell.allProjects, icon: Folders },
  { to: "/admin/workloads", label: t.shell.workloads, icon: Activity, letter: "w" },
  { to: "/admin/health", label: t.shell.health, icon: HeartPulse },
  { to: "/admin/settings", label: t.shell.settings, icon: SlidersHorizontal },
];

/** Shown in the account's menu and the palette. */
export const ownPlaces: Place[] = [
  { to: "/account", label: t.shell.account, icon: CircleUser, letter: "a" },
  { to: "/docs", label: t.shell.docs, icon: BookOpen },
  { to: "/about", label: t.shell.about, icon: Info },
];

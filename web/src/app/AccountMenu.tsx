import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleUser, ExternalLink, LogOut, Moon, Monitor, Sun } from "lucide-react";

import { IconButton } from "@/components/ui/Button";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/Menu";
import { apiUrl } from "@/data/client";
import { meQuery, signOut } from "@/data/me";
import { setTheme } from "@/lib/theme";
import { t } from "@/texts";

import { ownPlaces } from "./places";

export function AccountMenu() {
  const { data: me } = useSuspenseQuery(meQuery);
  return (
    <Menu trigger={<IconButton label={`${t.shell.account}: ${me.user ?? ""}`}><CircleUser size={18} aria-hidden /></IconButton>}>
      <p className="px-3 py-1 text-sm text-muted">{me.display_name || me.user}</p>
      <MenuSeparator />
      {ownPlaces.map((place) => <MenuItem key={place.to} render={<Link to={place.to} />}><place.icon size={14} aria-hidden />{place.label}</MenuItem>)}
      <MenuItem render={<a href={apiUrl("/docs")} target="_blank" rel="noopener" />}><ExternalLink size={14} aria-hidden />{t.shell.apiDocs}</MenuItem>
      <MenuSeparator />
      <MenuItem onClick={() => setTheme("light")}><Sun size={14} aria-hidden />{t.shell.light}</MenuItem>
      <MenuItem onClick={() => setTheme("dark")}><Moon size={14} aria-hidden />{t.shell.dark}</MenuItem>
      <MenuItem onClick={() => setTheme(null)}><Monitor size={14} aria-hidden />{t.shell.system}</MenuItem>
      <MenuSeparator />
      <MenuItem onClick={() => void signOut()}><LogOut size={14} aria-hidden />{t.shell.signOut}</MenuItem>
    </Menu>
  );
}

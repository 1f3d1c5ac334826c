import { useSuspenseQuery } from "@tanstack/react-query";
import { CircleUser, LogOut, Moon, Monitor, Sun } from "lucide-react";

import { IconButton } from "@/components/ui/Button";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/Menu";
import { meQuery, signOut } from "@/data/me";
import { setTheme } from "@/lib/theme";
import { t } from "@/texts";

export function AccountMenu() {
  const { data: me } = useSuspenseQuery(meQuery);
  return (
    <Menu trigger={<IconButton label={`${t.shell.account}: ${me.user ?? ""}`}><CircleUser size={18} aria-hidden /></IconButton>}>
      <p className="px-3 py-1 text-sm text-muted">{me.display_name || me.user}</p>
      <MenuSeparator />
      <MenuItem onClick={() => setTheme("light")}><Sun size={14} aria-hidden />{t.shell.light}</MenuItem>
      <MenuItem onClick={() => setTheme("dark")}><Moon size={14} aria-hidden />{t.shell.dark}</MenuItem>
      <MenuItem onClick={() => setTheme(null)}><Monitor size={14} aria-hidden />{t.shell.system}</MenuItem>
      <MenuSeparator />
      <MenuItem onClick={() => void signOut()}><LogOut size={14} aria-hidden />{t.shell.signOut}</MenuItem>
    </Menu>
  );
}

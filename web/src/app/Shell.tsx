import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useParams } from "@tanstack/react-router";
import { Menu as MenuIcon } from "lucide-react";
import { useEffect, useState } from "react";

import { IconButton } from "@/components/ui/Button";
import { Toasts } from "@/components/ui/Toasts";
import { follow } from "@/data/live";
import { t } from "@/texts";

import { AccountMenu } from "./AccountMenu";
import { ActivityMenu } from "./ActivityMenu";
import { Breadcrumbs } from "./Breadcrumbs";
import { Drawer } from "./Drawer";
import { Keys } from "./palette/Keys";
import { Sidebar } from "./Sidebar";
import { UploadTray } from "./UploadTray";

/** The frame around every page: navigation left, the page right, a drawer on narrow screens. */
export function Shell() {
  const client = useQueryClient();
  const [connected, setConnected] = useState(true);
  const [open, setOpen] = useState(false);
  const { project } = useParams({ strict: false });
  useEffect(() => follow(client, setConnected), [client]);
  return (
    <>
      <a href="#main" className="absolute -left-96 z-80 bg-surface px-3 py-2 focus:left-2 focus:top-2">{t.common.skip}</a>
      <div className="md:grid md:min-h-dvh md:grid-cols-[232px_minmax(0,1fr)]">
        <aside className="sticky top-0 hidden h-dvh overflow-y-auto border-r border-line bg-surface md:block">
          <Sidebar project={project} />
        </aside>
        <Drawer open={open} onOpenChange={setOpen}><Sidebar project={project} onNavigate={() => setOpen(false)} /></Drawer>
        <div className="min-w-0">
          <header className="sticky top-0 z-20 flex h-13 items-center gap-2 border-b border-line bg-surface px-4">
            <IconButton label={t.shell.menu} aria-haspopup="dialog" className="md:hidden" onClick={() => setOpen(true)}><MenuIcon size={18} aria-hidden /></IconButton>
            <Breadcrumbs project={project} />
            {!connected && <p role="status" className="truncate text-sm text-wait">{t.shell.offline}</p>}
            <div className="ml-auto flex items-center gap-2"><Keys /><ActivityMenu /><AccountMenu /></div>
          </header>
          <main id="main" tabIndex={-1} className="mx-auto max-w-7xl p-4 outline-none md:p-6"><Outlet /></main>
        </div>
      </div>
      <UploadTray />
      <Toasts />
    </>
  );
}

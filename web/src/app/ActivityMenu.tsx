import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bell } from "lucide-react";
import { type MouseEvent, useEffect, useState, useSyncExternalStore } from "react";

import { IconButton } from "@/components/ui/Button";
import { Happenings } from "@/components/ui/Happenings";
import { Loaded } from "@/components/ui/Loaded";
import { Popover } from "@/components/ui/Popover";
import { meQuery } from "@/data/me";
import { happenedQuery } from "@/data/overview";
import type { Home } from "@/data/schema";
import { keepSeen, newestOf, onSeen, seenUntil, unseen } from "@/lib/seen";
import { t } from "@/texts";

const MOST_RECENT = 10;
const MOST_RUNNING = 5;

/** What runs in the reader's projects and what happened there, on every page; a mark says how much of it is new. */
export function ActivityMenu() {
  const { data: me } = useSuspenseQuery(meQuery);
  const query = useQuery(happenedQuery);
  const seen = useSyncExternalStore(onSeen, seenUntil);
  const [openedAt, setOpenedAt] = useState<string | null>(null);
  const recent = query.data?.recent;
  useEffect(() => {
    if (recent === undefined || (openedAt === null && seen !== null)) return;
    const newest = newestOf(recent, seen); // looked at; or the first visit, which finds all as it is
    if (newest !== seen) keepSeen(newest);
  }, [recent, seen, openedAt]);
  const count = unseen(recent ?? [], seen, me.user).length;
  const turn = (open: boolean) => setOpenedAt(open ? (seen ?? "") : null);
  const trigger = (
    <IconButton label={count > 0 ? t.activity.new(count) : t.activity.title} className="relative">
      <Bell size={18} aria-hidden />
      {count > 0 && <span aria-hidden className="absolute top-0.5 right-0.5 min-w-4 rounded-full bg-accent px-1 text-center text-[11px] leading-4 text-on-accent tabular-nums">{count}</span>}
    </IconButton>
  );
  return (
    <Popover trigger={trigger} title={t.activity.title} open={openedAt !== null} onOpenChange={turn}>
      <Loaded query={query}>{(home) => <Shown home={home} newSince={openedAt ?? ""} onLeave={() => turn(false)} />}</Loaded>
    </Popover>
  );
}

function Shown({ home, newSince, onLeave }: { home: Home; newSince: string; onLeave: () => void }) {
  const leave = (event: MouseEvent) => {
    if (event.target instanceof Element && event.target.closest("a") !== null) onLeave();
  };
  return (
    <div onClick={leave}>
      <h3 className="mb-1 text-sm text-muted">{t.activity.recent}</h3>
      <Happenings happenings={home.recent.slice(0, MOST_RECENT)} none={t.activity.nothing} withProject short newSince={newSince} />
      <h3 className="mt-3 mb-1 text-sm text-muted">{t.activity.running}</h3>
      <Happenings happenings={home.running.slice(0, MOST_RUNNING)} none={t.activity.nothingRuns} withProject short />
      <p className="mt-3 text-center"><Link to="/" className="text-accent hover:underline">{t.activity.all}</Link></p>
    </div>
  );
}

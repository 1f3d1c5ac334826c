import { useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Dialog } from "@/components/ui/Dialog";
import { meQuery } from "@/data/me";
import { areKeysOn, setKeysOn } from "@/lib/shortcuts";
import { t } from "@/texts";

import { adminPlaces, labPlaces, ownPlaces, projectPlaces } from "../places";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  project: string | undefined;
}

/** Which keys do what, and the switch that turns single keys off. */
export function Help({ open, onOpenChange, project }: Props) {
  const { data: me } = useSuspenseQuery(meQuery);
  const [on, setOn] = useState(areKeysOn());
  const places = [...labPlaces, ...(project === undefined ? [] : projectPlaces), ...ownPlaces, ...(me.is_admin ? adminPlaces : [])];
  const rows: [string, string[]][] = [
    [t.palette.palette, ["Ctrl", "K"]],
    [t.palette.filter, ["/"]],
    [t.palette.thisHelp, ["?"]],
    ...places.flatMap((place): [string, string[]][] => (place.letter === undefined ? [] : [[t.palette.goTo(place.label), ["g", place.letter]]])),
  ];
  const toggle = (next: boolean) => {
    setOn(next);
    setKeysOn(next);
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t.palette.help} description={on ? t.palette.helpText : t.palette.keysOff}>
      <dl>
        {rows.map(([what, keys]) => (
          <div key={what} className="flex min-h-8 items-center justify-between border-b border-line last:border-0">
            <dt>{what}</dt>
            <dd className="flex gap-1">{keys.map((key) => <kbd key={key} className="rounded-sm border border-line bg-bg px-1.5">{key}</kbd>)}</dd>
          </div>
        ))}
      </dl>
      <label className="mt-4 flex items-center gap-2"><input type="checkbox" checked={on} onChange={(event) => toggle(event.target.checked)} className="size-4 accent-(--accent)" />{t.palette.turnOn}</label>
    </Dialog>
  );
}

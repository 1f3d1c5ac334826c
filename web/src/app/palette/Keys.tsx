import { useNavigate, useParams } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";

import { Button } from "@/components/ui/Button";
import { areKeysOn, keyReader } from "@/lib/shortcuts";
import { t } from "@/texts";

import { adminPlaces, labPlaces, ownPlaces, projectPlaces } from "../places";

const Help = lazy(async () => ({ default: (await import("./Help")).Help }));
const Palette = lazy(async () => ({ default: (await import("./Palette")).Palette }));

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName) || target.closest("[role=dialog], [role=alertdialog], [role=menu], [role=listbox]") !== null);

function toFilter(): boolean {
  const filter = document.querySelector<HTMLInputElement>("main [data-filter], main input[type=search]");
  filter?.focus();
  filter?.select();
  return filter !== null;
}

/** The search button, and the keys that work on every page. */
export function Keys() {
  const [open, setOpen] = useState(false);
  const [help, setHelp] = useState(false);
  const navigate = useNavigate();
  const { project } = useParams({ strict: false });
  useEffect(() => {
    const read = keyReader();
    const go = (letter: string): boolean => {
      const own = project === undefined ? [] : projectPlaces;
      const place = [...own, ...labPlaces, ...ownPlaces, ...adminPlaces].find((each) => each.letter === letter);
      if (place === undefined) return false;
      void navigate({ to: place.to, params: { project } });
      return true;
    };
    const listen = (event: KeyboardEvent) => {
      const command = read(event, event.timeStamp, isTyping(event.target), areKeysOn());
      if (command === null) return;
      if (command.does === "palette") setOpen((was) => !was);
      else if (command.does === "help") setHelp(true);
      else if (command.does === "go" ? !go(command.letter) : !toFilter()) return;
      event.preventDefault();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [navigate, project]);
  return (
    <>
      <Button aria-haspopup="dialog" onClick={() => setOpen(true)} className="text-muted! max-sm:w-9 max-sm:px-0!">
        <Search size={16} aria-hidden />
        <span className="max-sm:sr-only">{t.shell.search}</span>
        <kbd className="rounded-sm border border-line bg-bg px-1 text-xs max-sm:hidden">Ctrl K</kbd>
      </Button>
      {open && <Suspense><Palette project={project} onClose={() => setOpen(false)} onHelp={() => setHelp(true)} /></Suspense>}
      {help && <Suspense><Help open onOpenChange={setHelp} project={project} /></Suspense>}
    </>
  );
}

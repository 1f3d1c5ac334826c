import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useState } from "react";

import { meQuery } from "@/data/me";
import { searchQuery } from "@/data/search";
import { t } from "@/texts";

import { type Group, type Item, ownGroups, shownGroups } from "./items";

interface Props {
  project: string | undefined;
  onClose: () => void;
  onHelp: () => void;
}

/** Goes anywhere and does what the page offers, by a few letters. */
export function Palette({ project, onClose, onHelp }: Props) {
  const { data: me } = useSuspenseQuery(meQuery);
  const [own] = useState(() => ownGroups(me, project, onHelp));
  const [typed, setTyped] = useState("");
  const q = typed.trim();
  const search = useQuery(searchQuery(q));
  const groups = shownGroups(own, search.data?.items ?? [], q);
  const navigate = useNavigate();
  const choose = (item: Item) => {
    onClose();
    if (item.path !== undefined) void navigate({ to: item.path });
    else setTimeout(() => item.run?.()); // once the palette has given the focus back
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup aria-label={t.palette.title} className="fixed top-[10vh] left-1/2 z-50 flex max-h-[min(32rem,80dvh)] w-[calc(100vw-1rem)] max-w-xl -translate-x-1/2 flex-col overflow-hidden rounded-lg border border-line bg-surface shadow-pop">
          <Autocomplete.Root open inline mode="none" items={groups} value={typed} onValueChange={setTyped} autoHighlight="always" keepHighlight itemToStringValue={(item: Item) => item.label}>
            <Autocomplete.InputGroup className="flex items-center gap-2 border-b border-line px-3">
              <Search size={16} aria-hidden className="shrink-0 text-muted" />
              <Autocomplete.Input aria-label={t.palette.find} placeholder={t.palette.find} className="h-12 w-full bg-transparent text-lg outline-none placeholder:text-muted" />
            </Autocomplete.InputGroup>
            <Dialog.Close className="sr-only">{t.palette.close}</Dialog.Close>
            <div className="min-h-24 flex-1 overflow-y-auto overscroll-contain">
              <Autocomplete.Empty><p className="px-4 py-4 text-muted">{search.isFetching ? t.palette.searching : search.error ? t.palette.failed : t.palette.none}</p></Autocomplete.Empty>
              <Autocomplete.List className="py-1 empty:hidden">
                {(group: Group) => (
                  <Autocomplete.Group key={group.value} items={group.items}>
                    <Autocomplete.GroupLabel className="px-4 pt-2 pb-1 text-xs font-medium text-muted">{group.value}</Autocomplete.GroupLabel>
                    <Autocomplete.Collection>{(item: Item) => <Row key={item.key} item={item} onChoose={choose} />}</Autocomplete.Collection>
                  </Autocomplete.Group>
                )}
              </Autocomplete.List>
            </div>
            <p className="flex gap-4 border-t border-line px-4 py-2 text-xs text-muted" aria-hidden><span><kbd>↵</kbd> {t.palette.open}</span><span><kbd>↑↓</kbd> {t.palette.move}</span><span><kbd>Esc</kbd> {t.palette.close}</span></p>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Row({ item, onChoose }: { item: Item; onChoose: (item: Item) => void }) {
  return (
    <Autocomplete.Item value={item} onClick={() => onChoose(item)} className="flex min-h-9 cursor-default items-center justify-between gap-3 px-4 data-highlighted:bg-selected pointer-coarse:min-h-11">
      <span className="min-w-0 truncate">{item.label}</span>
      <span className="max-w-1/2 shrink-0 truncate text-sm text-muted">{item.hint}</span>
    </Autocomplete.Item>
  );
}

import { Autocomplete } from "@base-ui/react/autocomplete";

import type { Offer } from "@/lib/runCompletion";
import { t } from "@/texts";

const saidOf = (label: string): string | undefined => (label in t.experiments.operators ? t.experiments.operators[label as keyof typeof t.experiments.operators] : undefined);

/** What can follow in a search, below its box. */
export function OfferList() {
  return (
    <Autocomplete.Portal>
      <Autocomplete.Positioner align="start" sideOffset={4} className="z-60">
        <Autocomplete.Popup className="w-80 max-w-(--available-width) rounded-md border border-line bg-surface shadow-pop">
          <Autocomplete.List aria-label={t.experiments.offers} className="max-h-64 overflow-y-auto overscroll-contain py-1">
            {(each: Offer) => (
              <Autocomplete.Item key={each.label} value={each} className="flex min-h-8 cursor-default items-center justify-between gap-3 px-3 data-highlighted:bg-selected pointer-coarse:min-h-11">
                <code className="min-w-0 break-all">{each.label}</code>
                <span className="shrink-0 text-sm text-muted">{saidOf(each.label)}</span>
              </Autocomplete.Item>
            )}
          </Autocomplete.List>
        </Autocomplete.Popup>
      </Autocomplete.Positioner>
    </Autocomplete.Portal>
  );
}

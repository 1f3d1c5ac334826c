import { Autocomplete } from "@base-ui/react/autocomplete";
import { Search } from "lucide-react";
import { type SubmitEvent, useLayoutEffect, useRef, useState } from "react";

import { Input } from "@/components/ui/Field";
import { cx } from "@/lib/cx";
import { type Offer, offersAt } from "@/lib/runCompletion";
import { t } from "@/texts";

import { OfferList } from "./OfferList";
import { useKeys } from "./useKeys";

interface Props {
  project: string;
  experiment: string;
  q: string;
  onChange: (q: string) => void;
  /** What the lab said of the search. */
  fault: string | undefined;
}

/** What is typed, and where the caret stands in it; `q` replaces it when it changes from outside. */
function useTyped(q: string) {
  const [told, setTold] = useState(q);
  const [state, setState] = useState({ typed: q, caret: q.length });
  if (q !== told) {
    setTold(q);
    setState({ typed: q, caret: q.length });
  }
  return [state, setState] as const;
}

/** MLflow's search language in one box, taken at Enter or on leaving; a faulty one stays. What can follow is offered, and put there by Enter only once it is chosen. */
export function FilterBox({ project, experiment, q, onChange, fault }: Props) {
  const [{ typed, caret }, setTyped] = useTyped(q);
  const [wants, setWants] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const moved = useRef<number>(undefined);
  const wasChosen = useRef(false);
  const keys = useKeys(project, experiment, typed, caret, wants);
  const offers = wants ? offersAt(typed, caret, keys) : [];
  useLayoutEffect(() => {
    if (moved.current !== undefined) input.current?.setSelectionRange(moved.current, moved.current);
    moved.current = undefined;
  });
  const type = (next: string, reason: string) => {
    const chosen = reason === "item-press" ? offers.find((each) => each.text === next) : undefined;
    moved.current = chosen?.caret;
    setTyped({ typed: next, caret: chosen?.caret ?? input.current?.selectionStart ?? next.length });
    wasChosen.current = chosen !== undefined;
  };
  // The list closes when something was chosen, and opens with what can follow.
  const goOn = (open: boolean) => {
    if (!open && wasChosen.current) setWants(true);
    wasChosen.current = false;
  };
  const take = () => {
    wasChosen.current = false;
    setWants(false);
    if (typed.trim() !== q) onChange(typed.trim());
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    take();
  };
  return (
    <form role="search" onSubmit={submit} className="min-w-0 flex-1 basis-72">
      <Autocomplete.Root
        mode="none"
        items={offers}
        itemToStringValue={(each: Offer) => each.text}
        value={typed}
        onValueChange={(next, { reason }) => type(next, reason)}
        open={wants && offers.length > 0}
        onOpenChange={setWants}
        onOpenChangeComplete={goOn}
      >
        <div className="relative">
          <Search size={14} aria-hidden className="absolute top-1/2 left-2.5 -translate-y-1/2 text-muted" />
          <Autocomplete.Input
            ref={input}
            render={<Input />}
            type="search"
            data-filter
            aria-label={t.experiments.search}
            placeholder={t.experiments.searchExample}
            onSelect={({ currentTarget }) => setTyped((old) => ({ ...old, caret: currentTarget.selectionStart ?? old.caret }))}
            onBlur={take}
            aria-invalid={fault !== undefined}
            aria-describedby={fault === undefined ? undefined : "filter-fault"}
            spellCheck={false}
            autoComplete="off"
            className={cx("mt-0! pl-8 font-mono", fault !== undefined && "border-bad! underline decoration-bad decoration-wavy underline-offset-3")}
          />
        </div>
        <OfferList />
      </Autocomplete.Root>
      {/* The library keeps a hidden field here too, and Enter submits no form of two fields without a button. */}
      <button type="submit" hidden />
      {fault !== undefined && <p id="filter-fault" role="alert" className="mt-1 text-sm break-words text-bad">{fault}</p>}
    </form>
  );
}

import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronsUpDown } from "lucide-react";

export interface Option<V extends string> {
  value: V;
  label: string;
}

interface Props<V extends string> {
  label: string;
  value: V;
  onChange: (value: V) => void;
  options: Option<V>[];
  disabled?: boolean;
}

/** One of a few; `label` is its accessible name (show it beside where a form needs it). */
export function Select<V extends string>({ label, value, onChange, options, disabled }: Props<V>) {
  return (
    <Base.Root items={options} value={value} onValueChange={(next) => next !== null && onChange(next)} disabled={disabled}>
      <Base.Trigger aria-label={label} className="inline-flex h-9 min-w-32 items-center justify-between gap-2 rounded-md border border-field/60 bg-surface px-3 text-base hover:bg-hover pointer-coarse:h-11">
        <Base.Value />
        <Base.Icon><ChevronsUpDown size={14} aria-hidden className="text-muted" /></Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-60">
          <Base.Popup className="max-h-80 min-w-(--anchor-width) overflow-y-auto rounded-md border border-line bg-surface py-1 shadow-pop">
            <Base.List>
              {options.map((option) => (
                <Base.Item key={option.value} value={option.value} className="flex min-h-8 cursor-default items-center gap-2 px-2 data-highlighted:bg-hover">
                  <span className="w-4"><Base.ItemIndicator><Check size={14} aria-hidden /></Base.ItemIndicator></span>
                  <Base.ItemText>{option.label}</Base.ItemText>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

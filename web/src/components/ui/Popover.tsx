import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";

interface Props {
  trigger: ReactElement;
  title: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  children: ReactNode;
}

/** A panel below its trigger, for what is no list of commands. */
export function Popover({ trigger, title, open, onOpenChange, children }: Props) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" collisionPadding={8} className="z-60">
          <Base.Popup className="flex max-h-[min(36rem,var(--available-height))] w-[min(26rem,var(--available-width))] flex-col rounded-lg border border-line bg-surface shadow-pop outline-none">
            <Base.Title className="border-b border-line px-4 py-2.5 text-base font-semibold">{title}</Base.Title>
            <div className="overflow-y-auto p-3">{children}</div>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

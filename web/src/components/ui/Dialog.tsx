import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactElement, type ReactNode, useRef } from "react";

import { cx } from "@/lib/cx";
import { t } from "@/texts";

import { IconButton } from "./Button";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  trigger?: ReactElement;
  wide?: boolean;
  children: ReactNode;
}

const TYPED = "input:not([type=hidden], [type=checkbox], [type=file]), textarea";

/**
 * A dialog with its title. The focus goes to the first field that is typed into, and comes back by
 * itself; a field with `autoFocus` would take it too early for what had it to be remembered.
 */
export function Dialog({ open, onOpenChange, title, description, trigger, wide, children }: Props) {
  const popup = useRef<HTMLDivElement>(null);
  // A finger would call up the keyboard, which covers the dialog.
  const first = (by: string) => (by !== "touch" && popup.current?.querySelector<HTMLElement>(TYPED)) || true;
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      {trigger && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/40 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          ref={popup}
          initialFocus={first}
          className={cx(
            "fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-lg border border-line bg-surface p-6 shadow-pop transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0",
            wide ? "max-w-3xl" : "max-w-md",
          )}
        >
          <div className="mb-4 flex items-start justify-between gap-4">
            <Base.Title className="text-xl font-semibold">{title}</Base.Title>
            <Base.Close render={<IconButton label={t.common.close} className="-mt-1 -mr-2" />}><X size={16} aria-hidden /></Base.Close>
          </div>
          {description && <Base.Description render={<div />} className="mb-4 text-muted">{description}</Base.Description>}
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

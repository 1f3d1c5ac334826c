import { Menu as Base } from "@base-ui/react/menu";
import type { ComponentProps, ReactElement, ReactNode } from "react";

import { cx } from "@/lib/cx";

/** A menu below its trigger; fill it with `MenuItem`s. */
export function Menu({ trigger, children }: { trigger: ReactElement; children: ReactNode }) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className="z-60">
          <Base.Popup className="min-w-40 rounded-md border border-line bg-surface py-1 shadow-pop">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

const ITEM = "flex min-h-8 w-full cursor-default items-center gap-2 px-3 text-base no-underline data-highlighted:bg-hover data-disabled:opacity-50 pointer-coarse:min-h-11";

export function MenuItem({ danger, className, ...rest }: ComponentProps<typeof Base.Item> & { danger?: boolean }) {
  return <Base.Item {...rest} className={cx(ITEM, danger ? "text-bad" : "text-text", typeof className === "string" && className)} />;
}

export function MenuSeparator() {
  return <Base.Separator className="my-1 h-px bg-line" />;
}

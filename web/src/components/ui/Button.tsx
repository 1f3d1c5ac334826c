import { Button as Base } from "@base-ui/react/button";
import { Link, type LinkProps } from "@tanstack/react-router";
import type { ComponentProps, ReactNode } from "react";

import { cx } from "@/lib/cx";

type Look = "primary" | "plain" | "quiet" | "danger";

const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-on-accent border-accent hover:opacity-90",
  plain: "bg-surface text-text border-field/60 hover:bg-hover",
  quiet: "border-transparent text-muted hover:bg-hover hover:text-text",
  danger: "bg-surface text-bad border-bad/50 hover:bg-bad-bg",
};
const SHAPE =
  "inline-flex h-9 shrink-0 items-center justify-center gap-2 rounded-md border px-3 text-base font-medium whitespace-nowrap select-none pointer-coarse:h-11 data-disabled:opacity-50 data-disabled:cursor-not-allowed";

export interface ButtonProps extends ComponentProps<typeof Base> {
  look?: Look;
  /** While something runs: says so and cannot be pressed again. */
  busy?: boolean;
}

export function Button({ look = "plain", busy = false, className, children, disabled, ...rest }: ButtonProps) {
  return (
    <Base
      {...rest}
      disabled={disabled || busy}
      focusableWhenDisabled={busy}
      aria-busy={busy || undefined}
      className={cx(SHAPE, LOOKS[look], typeof className === "string" && className)}
    >
      {busy && <span aria-hidden className="size-3 animate-spin rounded-full border-2 border-current border-r-transparent" />}
      {children}
    </Base>
  );
}

/** A link that looks like a button. */
export function LinkButton({ look = "plain", children, ...rest }: LinkProps & { look?: Look; children: ReactNode }) {
  return <Link {...rest} className={cx(SHAPE, LOOKS[look])}>{children}</Link>;
}

/** A plain address outside the app (a workload, a download) that looks like a button. */
export function AnchorButton({ look = "plain", className, ...rest }: ComponentProps<"a"> & { look?: Look }) {
  return <a {...rest} className={cx(SHAPE, LOOKS[look], className)} />;
}

/** A square button that shows an icon; `label` is its name. */
export function IconButton({ label, className, ...rest }: ButtonProps & { label: string }) {
  return <Button look="quiet" aria-label={label} title={label} {...rest} className={cx("w-9 px-0! pointer-coarse:w-11", typeof className === "string" && className)} />;
}

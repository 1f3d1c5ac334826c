import { Field as Base } from "@base-ui/react/field";
import type { ComponentProps, ReactElement, ReactNode } from "react";

import { cx } from "@/lib/cx";

const BOX =
  "mt-1 block w-full rounded-md border border-field bg-bg px-2 text-base text-text placeholder:text-muted data-invalid:border-bad";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={cx(BOX, "h-9 pointer-coarse:h-11", className)} />;
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea {...rest} className={cx(BOX, "min-h-20 py-1.5", className)} />;
}

interface Props {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  children: ReactElement;
}

/** A form's field: label above, hint and fault below, all tied to the control. */
export function Field({ label, hint, error, children }: Props) {
  return (
    <Base.Root invalid={error !== undefined} className="mb-4 block">
      <Base.Label className="font-medium">{label}</Base.Label>
      <Base.Control render={children} />
      {hint && <Base.Description className="mt-1 text-sm text-muted">{hint}</Base.Description>}
      <Base.Error match={error !== undefined} className="mt-1 text-sm text-bad">{error}</Base.Error>
    </Base.Root>
  );
}

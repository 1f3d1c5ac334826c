import type { ComponentProps } from "react";

import { Field, Input } from "@/components/ui/Field";
import { type ImageRules, imageHint } from "@/lib/images";
import { t } from "@/texts";

/** The image to run in; nothing where the lab's runtime has none. */
export function ImageField({ images, own, ...input }: { images: ImageRules | null | undefined; own?: string | undefined } & ComponentProps<"input">) {
  if (!images) return null;
  return (
    <Field label={t.images.label} hint={imageHint(images)}>
      <Input {...input} maxLength={200} placeholder={own ?? images.default} autoComplete="off" autoCapitalize="none" spellCheck={false} className="font-mono" />
    </Field>
  );
}

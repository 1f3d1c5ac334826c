// Which images a lab runs, in words.
import { t } from "@/texts";

export interface ImageRules {
  default: string;
  model: string;
  allowed: string[];
}

export const imageHint = ({ allowed }: ImageRules): string => `${t.images.hint} ${allowed.length > 0 ? t.images.allowed(allowed.join(", ")) : t.images.any}`;

/** What was typed, as the API takes it: nothing is the lab's own. */
export const imageOf = (text: string): string | null => text.trim() || null;

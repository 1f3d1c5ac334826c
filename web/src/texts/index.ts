// The texts in the reader's language; English where there is no other yet.
import { en, type Texts } from "./en";

const languages: Record<string, Texts> = { en };

export const t: Texts = languages[navigator.language.slice(0, 2)] ?? en;

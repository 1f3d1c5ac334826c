// Single keys that do something anywhere in the app, and whether they may (WCAG 2.1.4).
const KEPT = "lab-keys";

export const areKeysOn = (): boolean => localStorage.getItem(KEPT) !== "off";

export function setKeysOn(on: boolean): void {
  if (on) localStorage.removeItem(KEPT);
  else localStorage.setItem(KEPT, "off");
}

interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

export type Command = { does: "palette" | "help" | "filter" } | { does: "go"; letter: string };

const WAIT_MS = 1500;

/**
 * Read keys as they come: Ctrl/Cmd K opens the palette, `?` the help, `/` goes to the filter,
 * `g` and a letter within 1.5 s go somewhere. `typing`: the key goes into a text field;
 * `on`: whether single keys count.
 */
export function keyReader(): (pressed: Pressed, now: number, typing: boolean, on: boolean) => Command | null {
  let wentAt = -Infinity;
  return ({ key, ctrlKey, metaKey, altKey }, now, typing, on) => {
    if ((ctrlKey || metaKey) && key.toLowerCase() === "k") return { does: "palette" };
    if (ctrlKey || metaKey || altKey || typing || !on) return null;
    if (now - wentAt < WAIT_MS && /^[a-z]$/.test(key)) {
      wentAt = -Infinity;
      return { does: "go", letter: key };
    }
    if (key === "g") wentAt = now;
    if (key === "?") return { does: "help" };
    if (key === "/") return { does: "filter" };
    return null;
  };
}

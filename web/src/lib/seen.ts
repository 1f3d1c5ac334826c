// Up to when the reader of this browser has seen what happened. It stands in the browser's own
// store, so that its tabs agree; nothing of it is sent.
export interface Happened {
  at: string;
  event: string;
  user?: string | null;
}

const KEPT = "lab-activity-seen";
const listeners = new Set<() => void>();
const tell = () => listeners.forEach((each) => each());

/** What happened after `seen`, but for the reader's own uploads: they have just watched them. Null: nothing is new yet. */
export function unseen<T extends Happened>(happened: readonly T[], seen: string | null, me: string | null | undefined): T[] {
  if (seen === null) return [];
  return happened.filter((each) => each.at > seen && !(each.event === "uploaded" && each.user === me));
}

/** The time of the newest of them, and no earlier than `seen`. */
export const newestOf = (happened: readonly Happened[], seen: string | null): string =>
  happened.reduce((newest, each) => (each.at > newest ? each.at : newest), seen ?? "");

export const seenUntil = (): string | null => localStorage.getItem(KEPT);

export function keepSeen(until: string): void {
  localStorage.setItem(KEPT, until);
  tell();
}

export function onSeen(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener("storage", tell); // another tab's
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener("storage", tell);
  };
}

/** On a browser that others use too, nothing of this stays. */
export const forgetSeen = (): void => localStorage.removeItem(KEPT);

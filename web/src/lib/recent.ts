// The pages this browser opened last, for the palette.
export interface Recent {
  path: string;
  title: string;
}

const KEPT = "lab-recent";
const MOST = 6;

/** Put a page first; each address once, the oldest fall out. */
export function withVisit(recent: Recent[], visit: Recent, most = MOST): Recent[] {
  return [visit, ...recent.filter((each) => each.path !== visit.path)].slice(0, most);
}

export function recentPages(): Recent[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isRecent) : [];
  } catch {
    return [];
  }
}

export const keepVisit = (visit: Recent): void => localStorage.setItem(KEPT, JSON.stringify(withVisit(recentPages(), visit)));

/** On a browser that others use too, nothing of this stays. */
export const forgetVisits = (): void => localStorage.removeItem(KEPT);

const isRecent = (value: unknown): value is Recent =>
  typeof value === "object" && value !== null && "path" in value && "title" in value && typeof value.path === "string" && typeof value.title === "string";

// What each page called itself, by its address: breadcrumbs name things as their pages did.
const titles = new Map<string, string>();
const listeners = new Set<() => void>();
let version = 0;

/** An address as titles are kept by: without a slash at its end. */
export const trimmed = (path: string): string => path.replace(/(.)\/+$/, "$1");

export function keepTitle(path: string, title: string): void {
  const key = trimmed(path);
  if (titles.get(key) === title) return;
  titles.set(key, title);
  version += 1;
  for (const tell of listeners) tell();
}

export const titleOf = (path: string): string | undefined => titles.get(trimmed(path));

/** For useSyncExternalStore: told when a page names itself anew. */
export function subscribeTitles(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export const titlesVersion = (): number => version;

// From an address to the places on the way to it.
export interface Crumb {
  path: string;
  label: string;
}

/**
 * The steps to `path` (without the lab's own prefix), the place itself last. `isPage` tells
 * whether an address has a page of its own; what has none is no step. `nameOf` gives a
 * step's name where it is known, else its part of the address stands there.
 */
export function crumbsOf(
  path: string,
  isPage: (path: string) => boolean,
  nameOf: (path: string) => string | undefined,
): Crumb[] {
  const parts = path.split("/").filter(Boolean);
  const crumbs: Crumb[] = [];
  let skipped: string[] = [];
  for (const [index, part] of parts.entries()) {
    const here = "/" + parts.slice(0, index + 1).join("/");
    skipped.push(decoded(part));
    if (index < parts.length - 1 && !isPage(here)) continue;
    crumbs.push({ path: here, label: nameOf(here) ?? skipped.join("/") });
    skipped = [];
  }
  return crumbs;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

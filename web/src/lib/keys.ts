// Keys of datasets and models: paths of at most 400 bytes, as the lab has them.
const bytes = new TextEncoder();

/** What is wrong with a key; undefined when nothing is. The lab has the last word. */
export function faultOfKey(key: string): "empty" | "long" | "parts" | undefined {
  if (key === "") return "empty";
  if (bytes.encode(key).length > 400) return "long";
  const parts = key.split("/");
  return parts.some((part) => part === "" || part === "." || part === "..") ? "parts" : undefined;
}

/** The key of a file that goes below `folder`. */
export function keyBelow(folder: string, path: string): string {
  const below = folder.split("/").filter(Boolean).join("/");
  return below === "" ? path : `${below}/${path}`;
}

/** The last part of a key. */
export const nameOf = (key: string): string => key.slice(key.lastIndexOf("/") + 1);

/** A browser's mark of a chosen file: the same file chosen again has the same. */
export const markOf = (file: Pick<File, "name" | "size" | "lastModified">): string =>
  `web:${file.size}:${file.lastModified}:${file.name.slice(0, 120)}`;

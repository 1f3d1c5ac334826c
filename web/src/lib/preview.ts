// What of a run's artifacts can be shown, by the ends of their names.
const IMAGES = /\.(png|jpe?g|gif|webp|svg|bmp)$/i;
const TEXTS = /(^|\/)(MLmodel|Dockerfile|Makefile|README|LICENSE)$|\.(txt|md|json|jsonl|ya?ml|csv|tsv|toml|ini|cfg|log|py|r|sh|sql|xml|html?|css|js|ts|ipynb|env|lock)$/i;

export const isImage = (path: string): boolean => IMAGES.test(path);
export const isText = (path: string): boolean => TEXTS.test(path);

/** JSON with indents; as it stands when it is cut off or none. */
export function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

// A folder as one tar.gz, made in the browser: headers are written here, packing is the browser's.
const BLOCK = 512;
const LEFT_OUT = new Set([".git", "__pycache__", ".venv", "node_modules", ".DS_Store"]);

export interface TarFile {
  /** Path inside the archive. */
  path: string;
  blob: Blob;
}

/** The files of a chosen folder as the command line would send them: without its own name, and without what stays at home. */
export function folderFiles(files: Iterable<File>): TarFile[] {
  return [...files]
    .map((file) => ({ path: file.webkitRelativePath.split("/").slice(1).join("/") || file.name, blob: file }))
    .filter(({ path }) => !path.split("/").some((part) => LEFT_OUT.has(part)));
}

/** The archive. Throws if a path is longer than tar's 255 bytes. */
export async function tarGz(files: TarFile[]): Promise<Blob> {
  const parts = files.flatMap(({ path, blob }): BlobPart[] => [header(path, blob.size), blob, new Uint8Array(-blob.size & (BLOCK - 1))]);
  const whole = new Blob([...parts, new Uint8Array(2 * BLOCK)]);
  return new Response(whole.stream().pipeThrough(new CompressionStream("gzip"))).blob();
}

export function header(path: string, size: number): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, value: Uint8Array | string) => block.set(typeof value === "string" ? new TextEncoder().encode(value) : value, at);
  const [prefix, name] = split(path);
  put(0, name);
  put(100, "0000644\0" + "0000000\0" + "0000000\0");
  put(124, size.toString(8).padStart(11, "0") + "\0");
  put(136, "00000000000\0");
  put(148, " ".repeat(8));
  put(156, "0");
  put(257, "ustar\0" + "00");
  put(345, prefix);
  put(148, block.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0") + "\0 ");
  return block;
}

/** A path as tar has it: at most 155 bytes of folders and 100 of name. */
function split(path: string): [Uint8Array, Uint8Array] {
  const bytes = new TextEncoder().encode(path);
  if (bytes.length <= 100) return [new Uint8Array(), bytes];
  const slash = bytes.indexOf(47, bytes.length - 101);
  if (slash < 0 || slash > 155) throw new Error(`The path ${path} is too long for an archive.`);
  return [bytes.subarray(0, slash), bytes.subarray(slash + 1)];
}

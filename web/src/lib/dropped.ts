// What was dropped onto the page: files, and the files in folders with their paths.
export interface Chosen {
  file: File;
  /** Its path below what was dropped or chosen. */
  path: string;
}

const MOST = 1000;

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

const batchOf = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  new Promise((resolve, reject) => reader.readEntries(resolve, reject));

async function walk(entry: FileSystemEntry, found: Chosen[]): Promise<void> {
  if (found.length >= MOST) return;
  if (entry.isFile) {
    found.push({ file: await fileOf(entry as FileSystemFileEntry), path: entry.fullPath.replace(/^\/+/, "") });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (let batch = await batchOf(reader); batch.length > 0; batch = await batchOf(reader)) {
    for (const each of batch) await walk(each, found);
  }
}

/** The files of a drop, at most a thousand. Must be called while the event is handled. */
export async function filesOf(transfer: DataTransfer): Promise<Chosen[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const found: Chosen[] = [];
  for (const entry of entries) if (entry !== null) await walk(entry, found);
  return found;
}

/** The files of an input field. */
export const filesIn = (list: FileList | null): Chosen[] =>
  [...(list ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));

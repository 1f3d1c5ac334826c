// Uploads that run in this tab: one list for the whole app, so that they survive navigation.
// The protocol is tus, by its own client, which is loaded when the first upload begins.
import { useSyncExternalStore } from "react";
import type { DetailedError, HttpResponse, Upload } from "tus-js-client";

import { markOf } from "@/lib/keys";
import { Meter } from "@/lib/meter";

import { api, apiUrl, call, failureOf } from "./client";
import { type FileAddress, wordOf } from "./files";
import { queryClient } from "./query";

export interface Transfer extends FileAddress {
  id: number;
  total: number;
  sent: number;
  /** Bytes per second. */
  speed: number | null;
  state: "waiting" | "running" | "paused" | "done" | "failed";
  version?: number;
  /** Why it failed; "" when the line broke. */
  error?: string | undefined;
}

interface Work {
  file: File;
  meter: Meter;
  upload: Upload | null;
  shownAt: number;
}

const AT_ONCE = 3;
/** Together more than the 5 s for which a writer that died holds its upload. */
const RETRY_DELAYS_MS = [500, 1000, 2000, 4000, 8000, 15_000, 30_000];
const SHOW_EVERY_MS = 200;

let transfers: readonly Transfer[] = [];
const works = new Map<number, Work>();
const listeners = new Set<() => void>();
let lastId = 0;

const tell = () => listeners.forEach((listener) => listener());
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

/** All uploads of this tab, oldest first. */
export const useTransfers = (): readonly Transfer[] => useSyncExternalStore(subscribe, () => transfers);

const isUnfinished = (transfer: Transfer) => transfer.state === "running" || transfer.state === "waiting";
const find = (id: number) => transfers.find((each) => each.id === id);

function change(id: number, facts: Partial<Transfer>): void {
  transfers = transfers.map((each) => (each.id === id ? { ...each, ...facts } : each));
  tell();
}

/** Begin, or take up again, the upload of a file. Only so many run at once; the rest waits. */
export function addUpload(address: FileAddress, file: File): void {
  lastId += 1;
  works.set(lastId, { file, meter: new Meter(), upload: null, shownAt: 0 });
  transfers = [...transfers, { ...address, id: lastId, total: file.size, sent: 0, speed: null, state: "waiting" }];
  tell();
  startNext();
}

export function pauseUpload(id: number): void {
  works.get(id)?.meter.reset();
  void works.get(id)?.upload?.abort();
  change(id, { state: "paused", speed: null });
  startNext();
}

export function resumeUpload(id: number): void {
  change(id, { state: "waiting" });
  startNext();
}

/** Give an upload up, here and in the lab. */
export async function cancelUpload(id: number): Promise<void> {
  const url = works.get(id)?.upload?.url;
  const project = find(id)?.project;
  await works.get(id)?.upload?.abort();
  dismissUpload(id);
  startNext();
  const upload = url?.slice(url.lastIndexOf("/") + 1);
  if (upload && project) await discardUpload(project, upload);
}

/** Forget what is finished in the list; nothing happens in the lab. */
export function dismissUpload(id: number): void {
  works.delete(id);
  transfers = transfers.filter((each) => each.id !== id);
  tell();
}

/** Delete an unfinished upload in the lab, begun here or elsewhere. */
export async function discardUpload(project: string, upload: string): Promise<void> {
  await call(api.DELETE("/api/projects/{project}/uploads/{upload}", { params: { path: { project, upload } } }));
  await queryClient.invalidateQueries({ queryKey: ["upload", project] });
}

function startNext(): void {
  const running = transfers.filter((each) => each.state === "running").length;
  for (const next of transfers.filter((each) => each.state === "waiting").slice(0, Math.max(0, AT_ONCE - running))) {
    change(next.id, { state: "running", error: undefined });
    void run(next);
  }
}

async function run(transfer: Transfer): Promise<void> {
  const work = works.get(transfer.id);
  if (work === undefined) return;
  try {
    work.upload ??= await prepared(transfer, work);
    if (find(transfer.id)?.state === "running") work.upload.start();
  } catch (error) {
    fail(transfer.id, error instanceof Error ? error.message : String(error));
  }
}

async function prepared(transfer: Transfer, work: Work): Promise<Upload> {
  const { Upload } = await import("tus-js-client");
  const { project, kind, key, id } = transfer;
  const endpoint = location.origin + apiUrl(`/projects/${project}/uploads`);
  const before = await begun(transfer, work.file);
  return new Upload(work.file, {
    endpoint,
    uploadUrl: before === undefined ? null : `${endpoint}/${before}`,
    retryDelays: RETRY_DELAYS_MS,
    storeFingerprintForResuming: false, // the lab itself knows what is unfinished
    metadata: { kind: wordOf(kind), key, filetype: work.file.type, fingerprint: markOf(work.file) },
    onProgress: (sent) => progress(id, work, sent),
    onAfterResponse: (_, response) => noteVersion(id, response),
    onSuccess: () => finish(id),
    onError: (error) => fail(id, reasonOf(error)),
  });
}

/** The lab's id of an unfinished upload of this very file, begun here or in a closed tab. */
async function begun({ project, kind, key, id }: Transfer, file: File): Promise<string | undefined> {
  const query = { kind, key, limit: 100 };
  const page = await call(api.GET("/api/projects/{project}/uploads", { params: { path: { project }, query } }));
  const mark = markOf(file);
  const taken = [...works].filter(([other]) => other !== id).map(([, work]) => work.upload?.url ?? "");
  const free = (upload: { id: string }) => !taken.some((url) => url.endsWith(`/${upload.id}`));
  return page.items.find((each) => each.fingerprint === mark && each.size_bytes === file.size && free(each))?.id;
}

function progress(id: number, work: Work, sent: number): void {
  const now = performance.now();
  work.meter.add(now, sent);
  if (now - work.shownAt < SHOW_EVERY_MS || find(id)?.state !== "running") return;
  work.shownAt = now;
  change(id, { sent, speed: work.meter.speed });
}

function noteVersion(id: number, response: HttpResponse): void {
  const version = Number(response.getHeader("X-Lab-Version"));
  if (version > 0) change(id, { version });
}

function finish(id: number): void {
  const transfer = find(id);
  if (transfer === undefined) return;
  change(id, { state: "done", sent: transfer.total, speed: null });
  works.delete(id);
  void queryClient.invalidateQueries({ queryKey: [wordOf(transfer.kind), transfer.project] });
  void queryClient.invalidateQueries({ queryKey: ["upload", transfer.project] });
  startNext();
}

function fail(id: number, error: string): void {
  works.get(id)?.meter.reset();
  change(id, { state: "failed", error, speed: null });
  startNext();
}

/** What the lab said; "" when nothing came back. */
function reasonOf(error: Error | DetailedError): string {
  const response = "originalResponse" in error ? error.originalResponse : null;
  if (response === null) return "";
  try {
    return failureOf(response.getStatus(), JSON.parse(response.getBody())).message;
  } catch {
    return failureOf(response.getStatus(), null).message; // no body, as to HEAD
  }
}

// A line that came back: what failed for want of it goes on by itself.
addEventListener("online", () => {
  for (const each of transfers.filter((transfer) => transfer.state === "failed")) resumeUpload(each.id);
});

// Leaving would stop them; what has arrived stays, but the person should know.
addEventListener("beforeunload", (event) => {
  if (transfers.some(isUnfinished)) event.preventDefault();
});

// The logs of job runs, services and workspaces, as the log viewer wants them.
import type { LogBlock, LogFinds, LogSource } from "@/lib/log/source";

import { api, ApiError, apiUrl, call } from "./client";

type Stream = ReadableStream<Uint8Array<ArrayBuffer>> | null;

interface Calls {
  lines: (query: { lines: number; before: number | undefined }, signal: AbortSignal) => Promise<LogBlock>;
  search: (query: { q: string; offset: number; limit: number }, signal: AbortSignal) => Promise<LogFinds>;
  follow: (query: { offset: number; follow: boolean }, signal: AbortSignal) => Promise<Stream>;
}

function sourceOf(path: string, name: string, { lines, search, follow }: Calls): LogSource {
  return {
    key: path,
    lines: (count, before, signal) => lines({ lines: count, before }, signal),
    search: (q, offset, signal) => search({ q, offset, limit: 1000 }, signal),
    follow: (offset, signal) => follow({ offset, follow: true }, signal).catch(noneIfGone),
    address: apiUrl(path),
    fileName: `${name}.log`,
  };
}

function noneIfGone(error: unknown): null {
  if (error instanceof ApiError && [403, 404, 410].includes(error.status)) return null;
  throw error;
}

const part = encodeURIComponent;

/** The log of a job's run. */
export function runLog(project: string, job: string, number: number): LogSource {
  const path = { project, job, number };
  return sourceOf(`/projects/${part(project)}/jobs/${part(job)}/runs/${number}/logs`, `${job}-${number}`, {
    lines: (query, signal) => call(api.GET("/api/projects/{project}/jobs/{job}/runs/{number}/logs/lines", { params: { path, query }, signal })),
    search: (query, signal) => call(api.GET("/api/projects/{project}/jobs/{job}/runs/{number}/logs/search", { params: { path, query }, signal })),
    follow: (query, signal) => call<Stream>(api.GET("/api/projects/{project}/jobs/{job}/runs/{number}/logs", { params: { path, query }, signal, parseAs: "stream" })),
  });
}

/** The log of a service's newest attempts. */
export function serviceLog(project: string, service: string): LogSource {
  const path = { project, service };
  return sourceOf(`/projects/${part(project)}/services/${part(service)}/logs`, service, {
    lines: (query, signal) => call(api.GET("/api/projects/{project}/services/{service}/logs/lines", { params: { path, query }, signal })),
    search: (query, signal) => call(api.GET("/api/projects/{project}/services/{service}/logs/search", { params: { path, query }, signal })),
    follow: (query, signal) => call<Stream>(api.GET("/api/projects/{project}/services/{service}/logs", { params: { path, query }, signal, parseAs: "stream" })),
  });
}

/** The log of a user's workspace. */
export function workspaceLog(user: string): LogSource {
  const path = { user };
  return sourceOf(`/workspaces/${part(user)}/logs`, `workspace-${user}`, {
    lines: (query, signal) => call(api.GET("/api/workspaces/{user}/logs/lines", { params: { path, query }, signal })),
    search: (query, signal) => call(api.GET("/api/workspaces/{user}/logs/search", { params: { path, query }, signal })),
    follow: (query, signal) => call<Stream>(api.GET("/api/workspaces/{user}/logs", { params: { path, query }, signal, parseAs: "stream" })),
  });
}

// Datasets and models: the same calls, two kinds.
import { queryOptions } from "@tanstack/react-query";

import { api, apiUrl, call, failureOf } from "./client";
import { pagedOptions } from "./pages";
import type { FileKind } from "./schema";

/** The word by which the lab tells of changes of a kind. */
export const wordOf = (kind: FileKind): "dataset" | "model" => (kind === "datasets" ? "dataset" : "model");

export interface FileAddress {
  project: string;
  kind: FileKind;
  key: string;
}

export const filesQuery = (project: string, kind: FileKind, q: string) =>
  pagedOptions([wordOf(kind), project, "list"], (cursor) =>
    call(api.GET("/api/projects/{project}/{kind}", { params: { path: { project, kind }, query: { q, cursor, limit: 100 } } })), q);

export const versionsQuery = ({ project, kind, key }: FileAddress) =>
  pagedOptions([wordOf(kind), project, "versions", key], (cursor) =>
    call(api.GET("/api/projects/{project}/{kind}/{key}/versions", { params: { path: { project, kind, key }, query: { cursor, limit: 100 } } })),
  );

export const versionQuery = ({ project, kind, key }: FileAddress, version: number) =>
  queryOptions({
    queryKey: [wordOf(kind), project, "version", key, version],
    queryFn: () => call(api.GET("/api/projects/{project}/{kind}/{key}/versions/{version}", { params: { path: { project, kind, key, version } } })),
  });

/** The beginning of a version; it never changes. */
export const previewQuery = ({ project, kind, key }: FileAddress, version: number) =>
  queryOptions({
    queryKey: ["preview", project, kind, key, version],
    queryFn: () => call(api.GET("/api/projects/{project}/{kind}/{key}/preview", { params: { path: { project, kind, key }, query: { version } } })),
    staleTime: Infinity,
  });

/** A picture's bytes, as what the browser can show them from. */
export const pictureQuery = (address: FileAddress, version: number, contentType: string) =>
  queryOptions({
    queryKey: ["picture", address, version],
    queryFn: async () => {
      const response = await fetch(downloadUrl(address, version));
      if (!response.ok) throw failureOf(response.status, await response.json().catch(() => null));
      return new Blob([await response.arrayBuffer()], { type: contentType });
    },
    staleTime: Infinity,
    gcTime: 60_000,
  });

export const changeMetadata = ({ project, kind, key }: FileAddress, version: number, metadata: Record<string, string | null>) =>
  call(api.PATCH("/api/projects/{project}/{kind}/{key}", { params: { path: { project, kind, key }, query: { version } }, body: { metadata } }));

/** Delete one version, or all of them. */
export const deleteFile = ({ project, kind, key }: FileAddress, version?: number) =>
  call(api.DELETE("/api/projects/{project}/{kind}/{key}", { params: { path: { project, kind, key }, query: { version } } }));

/** Where a version's bytes are, as a link for the browser. */
export const downloadUrl = ({ project, kind, key }: FileAddress, version: number): string =>
  apiUrl(`/projects/${project}/${kind}/${key.split("/").map(encodeURIComponent).join("/")}?version=${version}`);

/** The caller's unfinished uploads of a kind, wherever they were begun. */
export const uploadsQuery = (project: string, kind: FileKind) =>
  queryOptions({
    queryKey: ["upload", project, kind],
    queryFn: async () => {
      const page = await call(api.GET("/api/projects/{project}/uploads", { params: { path: { project }, query: { kind, limit: 100 } } }));
      return page.items;
    },
  });

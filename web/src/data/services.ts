// Services: what runs behind an address, its use and its keys.
import { queryOptions } from "@tanstack/react-query";

import { base } from "@/lib/base";
import { bodyOfSignature } from "@/lib/modelInput";

import { api, apiUrl, call } from "./client";
import { pagedOptions } from "./pages";
import type { KeyRotation, NewService, NewServiceKey, Service, ServiceCall, ServiceSpec, UploadedFile } from "./schema";

const at = (project: string, service: string) => ({ params: { path: { project, service } } });

export const servicesQuery = (project: string) =>
  pagedOptions(["service", project], (cursor) =>
    call(api.GET("/api/projects/{project}/services", { params: { path: { project }, query: { cursor, limit: 100 } } })),
  );

export const serviceQuery = (project: string, service: string) =>
  queryOptions({
    queryKey: ["service", project, service],
    queryFn: () => call(api.GET("/api/projects/{project}/services/{service}", at(project, service))),
  });

/** What the gateway let through in the last hour; asked again every half minute. */
export const activityQuery = (project: string, service: string) =>
  queryOptions({
    queryKey: ["activity", project, service],
    queryFn: () => call(api.GET("/api/projects/{project}/services/{service}/activity", at(project, service))),
    refetchInterval: 30_000,
  });

/** Registered models, to choose from. */
export const servableQuery = (project: string) =>
  queryOptions({
    queryKey: ["model", project, "servable"],
    queryFn: async () =>
      (await call(api.GET("/api/projects/{project}/registry", { params: { path: { project }, query: { limit: 1000 } } }))).items,
  });

export const modelVersionQuery = (project: string, name: string, version: string) =>
  queryOptions({
    queryKey: ["model", project, "version", name, version],
    queryFn: () =>
      call(api.GET("/api/projects/{project}/registry/{name}/versions/{version}", { params: { path: { project, name, version } } })),
  });

export const deployService = (project: string, body: NewService) =>
  call(api.POST("/api/projects/{project}/services", { params: { path: { project } }, body }));

export const changeService = (project: string, service: string, body: ServiceSpec) =>
  call(api.PUT("/api/projects/{project}/services/{service}", { ...at(project, service), body }));

export const startService = (project: string, service: string) =>
  call(api.POST("/api/projects/{project}/services/{service}/start", at(project, service)));

export const stopService = (project: string, service: string) =>
  call(api.POST("/api/projects/{project}/services/{service}/stop", at(project, service)));

export const restartService = (project: string, service: string) =>
  call(api.POST("/api/projects/{project}/services/{service}/restart", at(project, service)));

export const deleteService = (project: string, service: string) =>
  call(api.DELETE("/api/projects/{project}/services/{service}", at(project, service)));

/** Send a file of code, or an archive of it; services and jobs refer to its id. */
export async function sendCode(project: string, file: File): Promise<string> {
  const headers = { "Content-Type": "application/octet-stream", "X-Lab-File-Name": encodeURIComponent(file.name) };
  const url = apiUrl(`/projects/${encodeURIComponent(project)}/code`);
  const send = async () => {
    const response = await fetch(url, { method: "POST", headers, body: file });
    const body: unknown = await response.json();
    return response.ok ? { response, data: body as UploadedFile } : { response, error: body };
  };
  return (await call(send())).id;
}

export const keysQuery = (project: string, service: string) =>
  pagedOptions(["service", project, service, "keys"], (cursor) =>
    call(
      api.GET("/api/projects/{project}/services/{service}/keys", {
        params: { path: { project, service }, query: { cursor, limit: 100 } },
      }),
    ),
  );

export const createKey = (project: string, service: string, body: NewServiceKey) =>
  call(api.POST("/api/projects/{project}/services/{service}/keys", { ...at(project, service), body }));

const keyAt = (project: string, service: string, service_key: string) => ({ params: { path: { project, service, service_key } } });

export const rotateKey = (project: string, service: string, key: string, body: KeyRotation) =>
  call(api.POST("/api/projects/{project}/services/{service}/keys/{service_key}/rotate", { ...keyAt(project, service, key), body }));

export const revokeKey = (project: string, service: string, key: string) =>
  call(api.DELETE("/api/projects/{project}/services/{service}/keys/{service_key}", keyAt(project, service, key)));

/** One request, sent by the lab: a page cannot reach a service's own origin. */
export const callService = (project: string, service: string, body: ServiceCall) =>
  call(api.POST("/api/projects/{project}/services/{service}/call", { ...at(project, service), body }));

/** What the service says of itself. */
export const documentQuery = (project: string, service: string) =>
  queryOptions({
    queryKey: ["document", project, service],
    queryFn: () => callService(project, service, { method: "GET", path: "/openapi.json", headers: { Accept: "application/json" }, body: "" }),
    staleTime: 60_000,
  });

const LARGEST_EXAMPLE = 64 * 1024;

async function modelFile(project: string, name: string, version: string, path: string): Promise<string | null> {
  const place = [project, "registry", name, "versions", version, "artifacts", path].map(encodeURIComponent).join("/");
  const answer = await fetch(apiUrl(`/projects/${place}`));
  if (!answer.ok || Number(answer.headers.get("content-length")) > LARGEST_EXAMPLE) {
    await answer.body?.cancel();
    return null;
  }
  return answer.text();
}

/** A body that the model takes: the one that was logged with it, else one made of its signature. */
export const modelExampleQuery = (project: string, name: string, version: string) =>
  queryOptions({
    queryKey: ["model", project, "example", name, version],
    queryFn: async () => {
      const logged = await modelFile(project, name, version, "serving_input_example.json");
      return logged ?? bodyOfSignature((await modelFile(project, name, version, "MLmodel")) ?? "");
    },
    staleTime: Infinity,
  });

/** Where a person opens the service, and programs call it. */
export const serviceUrl = (service: Service): string => `${location.origin}${base}${service.path}`;

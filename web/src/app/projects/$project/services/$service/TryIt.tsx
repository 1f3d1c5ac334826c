import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";

import { Skeleton } from "@/components/ui/Skeleton";
import type { Service } from "@/data/schema";
import { modelExampleQuery } from "@/data/services";
import { servedVersion } from "@/lib/modelInput";
import { t } from "@/texts";

import { CallForm } from "./CallForm";

const FIRST = { method: "GET", path: "/", body: "" };

/** Calls the service from the page. A model's begins with a body that fits its signature. */
export function TryIt({ service }: { service: Service }) {
  const search = useSearch({ from: "/projects/$project/services/$service" });
  const model = service.spec.model;
  const version = servedVersion(service.status.model_uri) ?? model?.version ?? "";
  const example = useQuery({ ...modelExampleQuery(service.project, model?.name ?? "", version), enabled: Boolean(model) && version !== "" });
  if (example.isLoading) return <Skeleton rows={5} />;
  const known = model ? { method: "POST", path: "/invocations", body: example.data ?? '{"inputs": []}' } : FIRST;
  const initial = search.path === undefined ? known : { method: search.method ?? "GET", path: search.path, body: search.body ?? "" };
  return (
    <>
      {service.status.state !== "running" && <p className="mb-4 rounded-md bg-wait-bg px-3 py-2 text-wait">{t.services.notRunning}</p>}
      <CallForm key={`${initial.method} ${initial.path}`} service={service} initial={initial} />
    </>
  );
}

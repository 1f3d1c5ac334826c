import { Link } from "@tanstack/react-router";

import { Status } from "@/components/ui/Status";
import type { Use } from "@/data/schema";
import { t } from "@/texts";

/** The services that serve a version. */
export function ServedBy({ services }: { services: Use[] }) {
  if (services.length === 0) return null;
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
      {t.registry.servedBy}:
      {services.map(({ project, name, alias, state }) => (
        <span key={name} className="inline-flex items-center gap-2">
          <Link to="/projects/$project/services/$service" params={{ project, service: name }} className="inline-flex min-h-6 items-center font-medium text-text underline">{name}</Link>
          {alias && <span>@{alias}</span>}
          {state && <Status state={state} />}
        </span>
      ))}
    </p>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";

import { Status } from "@/components/ui/Status";
import { Table } from "@/components/ui/Table";
import { Ago } from "@/components/ui/Time";
import type { Service } from "@/data/schema";
import { activityQuery, serviceUrl } from "@/data/services";
import { formatNumber } from "@/lib/format";
import { t } from "@/texts";

import { servesText } from "./serves";

function Requests({ service }: { service: Service }) {
  const { data } = useQuery(activityQuery(service.project, service.name));
  if (!data) return <span className="text-muted">–</span>;
  const errors = data.by_status["5xx"] ?? 0;
  return (
    <>
      {formatNumber(data.requests)}
      {errors > 0 && <span className="ml-2 hidden text-bad md:inline">{t.services.errorCount(formatNumber(errors))}</span>}
    </>
  );
}

function State({ service: { status } }: { service: Service }) {
  return (
    <div className="min-w-0">
      <Status state={status.state} />
      {status.reason && status.reason !== status.state && status.state !== "running" && <p className="mt-0.5 line-clamp-2 max-w-md min-w-32 text-sm text-muted">{status.reason}</p>}
    </div>
  );
}

/** Services with what they serve, how they are and how much they are used. */
export function ServiceTable({ project, services }: { project: string; services: Service[] }) {
  return (
    <Table
      label={t.services.title}
      rows={services}
      rowKey={(each) => each.name}
      columns={[
        {
          head: t.services.name,
          cell: (each) => <Link to="/projects/$project/services/$service" params={{ project, service: each.name }} className="inline-flex min-h-6 items-center font-medium">{each.name}</Link>,
        },
        { head: t.services.state, cell: (each) => <State service={each} /> },
        { head: t.services.serves, wide: true, cell: (each) => <span className="line-clamp-1 max-w-72 break-all">{servesText(each)}</span> },
        { head: t.services.requests, numeric: true, cell: (each) => <Requests service={each} /> },
        { head: t.services.since, wide: true, cell: (each) => <Ago at={each.status.finished_at ?? each.status.ready_at ?? each.status.started_at} /> },
        {
          head: t.services.address,
          wide: true,
          cell: (each) => (
            <a href={serviceUrl(each)} target="_blank" rel="noreferrer" className="inline-flex min-h-6 items-center gap-1.5" aria-label={t.services.openNamed(each.name)}>
              {t.services.open}<ExternalLink size={12} aria-hidden />
            </a>
          ),
        },
      ]}
    />
  );
}

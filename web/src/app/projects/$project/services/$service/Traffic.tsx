import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { Chart } from "@/components/chart/Chart";
import type { ChartSpec } from "@/components/chart/types";
import { Empty } from "@/components/ui/Empty";
import { Loaded } from "@/components/ui/Loaded";
import { Ago } from "@/components/ui/Time";
import type { Activity, Service } from "@/data/schema";
import { activityQuery } from "@/data/services";
import { formatBytes, formatNumber } from "@/lib/format";
import { t } from "@/texts";

const ms = (value: number): string => `${formatNumber(Math.round(value))} ms`;
const some = (value: number | null | undefined): string => (value === null || value === undefined ? "–" : ms(value));

function charts({ series }: Activity): [ChartSpec, ChartSpec] {
  const x = series.map((minute) => Date.parse(minute.at) / 1000);
  const both = { xName: t.services.minute, x, time: true };
  return [
    {
      ...both,
      name: t.services.requestsChart,
      format: formatNumber,
      series: [
        { name: t.services.requestsName, values: series.map((minute) => minute.requests), bars: true, colour: 0 },
        { name: t.services.errorsName, values: series.map((minute) => minute.errors), bars: true, colour: 2 },
      ],
    },
    { ...both, name: t.services.latencyChart, format: ms, series: [{ name: "p95", values: series.map((minute) => minute.p95_ms), colour: 4 }] },
  ];
}

function Figures({ activity }: { activity: Activity }) {
  const { latency_ms: latency, by_status: classes } = activity;
  const errors = classes["5xx"] ?? 0;
  const share = activity.requests > 0 ? ` (${formatNumber(Number(((100 * errors) / activity.requests).toPrecision(2)))} %)` : "";
  const figures: [string, string, boolean?][] = [
    [t.services.requestsName, formatNumber(activity.requests)],
    [t.services.errorsName, formatNumber(errors) + share, errors > 0],
    ["p50", some(latency.p50)], ["p95", some(latency.p95)], ["p99", some(latency.p99)],
    [t.services.bytesIn, formatBytes(activity.bytes_in)], [t.services.bytesOut, formatBytes(activity.bytes_out)],
  ];
  return (
    <dl className="mb-4 grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-4 lg:grid-cols-7">
      {figures.map(([name, value, bad]) => (
        <div key={name} className="bg-surface px-4 py-3 last:col-span-2 lg:last:col-span-1">
          <dt className="text-sm text-muted">{name}</dt>
          <dd className={bad ? "text-lg font-semibold text-bad tabular-nums" : "text-lg font-semibold tabular-nums"}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Classes({ counts }: { counts: Record<string, number> }) {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return (
    <ul aria-label={t.services.classes} className="mb-6 flex flex-wrap gap-x-6 gap-y-1">
      {Object.entries(counts).sort().map(([name, count]) => (
        <li key={name}>
          <b className="font-semibold">{name}</b> <span className="tabular-nums">{formatNumber(count)}</span>{" "}
          <span className="text-muted tabular-nums">{Math.round((100 * count) / all)} %</span>
        </li>
      ))}
    </ul>
  );
}

/** How the service was used in the last hour. */
export function Traffic({ service }: { service: Service }) {
  const query = useQuery(activityQuery(service.project, service.name));
  const specs = useMemo(() => (query.data ? charts(query.data) : null), [query.data]);
  return (
    <Loaded query={query}>
      {(activity) => {
        if (activity.requests === 0 || specs === null) {
          return <Empty code={`mllab service call ${service.name} --project ${service.project}`}>{t.services.noTraffic} {activity.last_active_at && <>{t.services.lastUsed} <Ago at={activity.last_active_at} />.</>}</Empty>;
        }
        return (
          <>
            <p className="mb-3 text-muted">{t.services.lastHour} {t.services.lastUsed} <Ago at={activity.last_active_at} />.</p>
            <Figures activity={activity} />
            <Classes counts={activity.by_status} />
            <div className="grid gap-6 lg:grid-cols-2">
              {specs.map((spec) => (
                <section key={spec.name} className="min-w-0 rounded-lg border border-line bg-surface p-4">
                  <h2 className="mb-2 font-semibold">{spec.name}</h2>
                  <Chart spec={spec} syncKey={`traffic-${service.name}`} />
                </section>
              ))}
            </div>
            <p className="mt-3 text-sm text-muted">{t.services.notCounted}</p>
          </>
        );
      }}
    </Loaded>
  );
}

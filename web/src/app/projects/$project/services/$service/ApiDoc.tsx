import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Markdown } from "@/components/markdown/Markdown";
import { Empty } from "@/components/ui/Empty";
import { Loaded } from "@/components/ui/Loaded";
import type { Service } from "@/data/schema";
import { documentQuery } from "@/data/services";
import { cx } from "@/lib/cx";
import { type Operation, readApi } from "@/lib/openapi";
import { t } from "@/texts";

const LOOK: Record<string, string> = { GET: "text-run bg-run-bg", POST: "text-ok bg-ok-bg", DELETE: "text-bad bg-bad-bg" };

function Parameters({ operation }: { operation: Operation }) {
  if (operation.parameters.length === 0) return null;
  return (
    <dl aria-label={t.services.parameters} className="space-y-1">
      {operation.parameters.map((each, index) => (
        <div key={index}>
          <dt className="inline"><code className="font-semibold">{each.name}</code> <span className="text-sm text-muted">{[each.where, each.type, each.isRequired && t.services.required].filter(Boolean).join(", ")}</span></dt>
          {each.description && <dd className="text-sm">{each.description}</dd>}
        </div>
      ))}
    </dl>
  );
}

function One({ service, operation }: { service: Service; operation: Operation }) {
  const { method, path, summary, description, isDeprecated, body, responses } = operation;
  return (
    <details className="border-b border-line last:border-0">
      <summary className="flex min-h-11 flex-wrap items-center gap-x-3 px-4 py-1.5 hover:bg-hover">
        <span className={cx("inline-flex h-6 w-20 items-center justify-center rounded-md text-xs font-semibold", LOOK[method] ?? "text-off bg-off-bg")}>{method}</span>
        <code className={cx("break-all", isDeprecated && "line-through")}>{path}</code>
        <span className="text-muted">{summary}{isDeprecated && ` (${t.services.deprecated})`}</span>
      </summary>
      <div className="space-y-3 px-4 pt-1 pb-4">
        {description && <Markdown text={description} className="max-w-prose" />}
        <Parameters operation={operation} />
        {body && <pre tabIndex={0} className="max-h-72 overflow-auto rounded-md border border-line bg-bg p-3">{body}</pre>}
        {responses.length > 0 && <ul className="text-sm">{responses.map(([status, text]) => <li key={status}><b className="font-semibold tabular-nums">{status}</b> {text}</li>)}</ul>}
        <Link
          to="/projects/$project/services/$service"
          params={{ project: service.project, service: service.name }}
          search={{ tab: "try", method, path, body: body || undefined }}
          className="inline-flex min-h-6 items-center font-medium text-accent"
        >
          {t.services.tabs.try}
        </Link>
      </div>
    </details>
  );
}

/** What the service says of itself at /openapi.json: text, and descriptions in Markdown, as the format has them. */
export function ApiDoc({ service }: { service: Service }) {
  const running = service.status.state === "running";
  const query = useQuery({ ...documentQuery(service.project, service.name), enabled: running });
  if (!running && !query.data) return <p className="rounded-md bg-wait-bg px-3 py-2 text-wait">{t.services.notRunning}</p>;
  return (
    <Loaded query={query}>
      {(answer) => {
        const api = answer.status === 200 && answer.text ? readApi(answer.text) : null;
        if (api === null) return <Empty>{t.services.noDocument(answer.status)}</Empty>;
        return (
          <>
            <h2 className="text-lg font-semibold">{api.title} <span className="font-normal text-muted">{api.version}</span></h2>
            {api.description && <Markdown text={api.description} className="mt-1 max-w-prose text-muted" />}
            <div className="mt-4 rounded-lg border border-line bg-surface">
              {api.operations.map((each) => <One key={`${each.method} ${each.path}`} service={service} operation={each} />)}
            </div>
          </>
        );
      }}
    </Loaded>
  );
}

import { Link } from "@tanstack/react-router";

import { Status } from "@/components/ui/Status";
import { Ago } from "@/components/ui/Time";
import type { Service } from "@/data/schema";
import { t } from "@/texts";

/** The state, why it is so, since when, and what to look at when it is not well. */
export function StateBox({ service: { project, name, status } }: { service: Service }) {
  const { state, reason, exit_code } = status;
  const since = status.finished_at ?? (state === "running" ? status.ready_at : status.started_at);
  const ailing = state === "failed" || (state === "pending" && status.attempt > 1) || (exit_code !== null && exit_code !== undefined && exit_code !== 0 && state !== "running");
  return (
    <div className="mb-6 rounded-lg border border-line bg-surface p-4">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Status state={state} />
        {since && <span className="text-muted">{t.services.since}: <Ago at={since} /></span>}
        {exit_code !== null && exit_code !== undefined && state !== "running" && <span className="text-muted">{t.services.exitCode(exit_code)}</span>}
      </p>
      {reason && reason !== state && <p className="mt-2 break-words">{reason}</p>}
      {state === "running" && <p className="mt-2 text-muted">{t.services.runsText}</p>}
      {ailing && (
        <p className="mt-2">
          <Link to="/projects/$project/services/$service" params={{ project, service: name }} search={{ tab: "logs" }} className="inline-flex min-h-6 items-center font-medium text-accent">{t.services.seeLog}</Link>
        </p>
      )}
    </div>
  );
}

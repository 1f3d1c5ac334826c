import { Link } from "@tanstack/react-router";

import type { Origin } from "@/data/schema";
import { t } from "@/texts";

/** The job run, service or workspace that began a run. */
export function OriginLink({ project, origin }: { project: string; origin: Origin }) {
  const { kind, name, number } = origin;
  if (kind === "job" && number != null) return <Link to="/projects/$project/jobs/$job/runs/$number" params={{ project, job: name, number: String(number) }} className="underline">{t.jobs.job} {name} #{number}</Link>;
  if (kind === "service") return <Link to="/projects/$project/services/$service" params={{ project, service: name }} className="underline">{t.experiments.origins.service} {name}</Link>;
  return <>{kind === "job" ? t.jobs.job : t.experiments.origins.workspace} {name}</>;
}

// What a project holds, as people are told: only what there is.
import { t } from "@/texts";

interface Counts {
  datasets: number;
  models: number;
  runs: number;
  jobs: number;
  services: Record<string, number>;
}

/** "2 datasets", "1 job", …. */
export function heldWords(counts: Counts): string[] {
  const services = Object.values(counts.services).reduce((sum, n) => sum + n, 0);
  const words = t.admin.held;
  const told: [number, (n: number) => string][] = [
    [counts.datasets, words.datasets], [counts.models, words.models], [counts.runs, words.runs], [counts.jobs, words.jobs], [services, words.services],
  ];
  return told.filter(([n]) => n > 0).map(([n, word]) => word(n));
}

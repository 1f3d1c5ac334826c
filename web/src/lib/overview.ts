// What a project holds, in words: for its page and for the question before it is deleted.
import { t } from "@/texts";

import { formatBytes, formatNumber } from "./format";

export interface Holding {
  counts: {
    datasets: number;
    models: number;
    registered_models: number;
    experiments: number;
    runs: number;
    jobs: number;
    services: Record<string, number>;
    job_runs: Record<string, number>;
  };
  storage_bytes: number;
}

export const total = (states: Record<string, number>): number => Object.values(states).reduce((sum, each) => sum + each, 0);

/** Whether nothing was ever done in the project. */
export function isUntouched({ counts }: Holding): boolean {
  return counts.datasets + counts.models + counts.runs + counts.jobs + total(counts.services) === 0;
}

/** One line for each kind of thing that goes with the project. */
export function goesWith({ counts, storage_bytes }: Holding): string[] {
  const kinds: [number, string][] = [
    [counts.datasets, t.shell.datasets],
    [counts.models, t.shell.models],
    [counts.registered_models, t.shell.registry],
    [counts.experiments, t.shell.experiments],
    [counts.runs, t.project.runs],
    [counts.jobs, t.shell.jobs],
    [total(counts.services), t.shell.services],
  ];
  const lines = kinds.filter(([count]) => count > 0).map(([count, name]) => `${formatNumber(count)} × ${name}`);
  return storage_bytes > 0 ? [...lines, t.project.bytesOfFiles(formatBytes(storage_bytes))] : lines;
}

// What a workload uses, in words, and how often to ask.
import { t } from "@/texts";

import { formatNumber } from "./format";

export interface Usage {
  memory_bytes: number;
  cpu_cores?: number | null;
  limits: { cpu_cores?: number | null; memory_mib?: number | null; gpus: number; gpu_ids: string[] };
}

const MIB = 1_048_576;

/** In MiB, as limits are given. */
const mib = (bytes: number): string => formatNumber(Number((bytes / MIB).toFixed(bytes < 10 * MIB ? 1 : 0)));

const short = (cores: number): string => formatNumber(Number(cores.toFixed(2)));

export function coresText({ cpu_cores, limits }: Usage): string {
  if (cpu_cores === null || cpu_cores === undefined) return t.usage.measuring;
  return limits.cpu_cores ? t.usage.ofCores(short(cpu_cores), short(limits.cpu_cores)) : t.usage.cores(short(cpu_cores));
}

export function memoryText({ memory_bytes, limits }: Usage): string {
  return limits.memory_mib ? t.usage.ofMib(mib(memory_bytes), formatNumber(limits.memory_mib)) : t.usage.mib(mib(memory_bytes));
}

const FIRST_MS = 5_000;
const MOST_MS = 30_000;

/** Ask often at first, then less and less: ms until the next look, after so many of them. */
export const paceOf = (looks: number): number => Math.min(MOST_MS, Math.round(FIRST_MS * 1.15 ** looks));

// What a form says of limits: the lab's default in the empty field, the most below it.
import { t } from "@/texts";

import { formatNumber } from "./format";

interface Limits {
  cpu_cores?: number | null;
  memory_mib?: number | null;
}

/** The GPUs that were asked for, by number or by name; nothing where there are none. */
export const gpusText = ({ gpus, gpu_ids }: { gpus: number; gpu_ids: string[] }): string =>
  gpu_ids.length > 0 ? gpu_ids.join(", ") : gpus > 0 ? formatNumber(gpus) : "";

export interface LimitRules {
  capabilities: string[];
  default_limits: Limits;
  largest_limits: Limits;
}

export interface LimitWords {
  placeholder: string;
  hint: string | undefined;
}

/** The words for one of the limits; what the lab does not say (yet) is left out. */
export function limitWords(rules: LimitRules | undefined, which: keyof Limits): LimitWords {
  const most = rules?.largest_limits[which];
  const usual = rules?.default_limits[which] ?? most;
  return {
    placeholder: usual ? t.limits.default(formatNumber(usual)) : t.jobs.labDefault,
    hint: most ? t.limits.most(formatNumber(most)) : undefined,
  };
}

import { Meter } from "@/components/ui/Meter";
import { gpusText } from "@/lib/limits";
import { coresText, memoryText, type Usage } from "@/lib/usage";
import { t } from "@/texts";

const MIB = 1_048_576;

/** What a workload uses now of what it may: CPU, memory, and the GPUs that it has. */
export function UsageMeters({ usage }: { usage: Usage }) {
  const { limits, memory_bytes, cpu_cores } = usage;
  const gpus = gpusText(limits);
  return (
    <section aria-label={t.usage.title} className="mb-4 grid gap-x-6 gap-y-3 rounded-lg border border-line bg-surface px-4 py-3 sm:grid-cols-2 lg:max-w-3xl">
      <Meter label={t.usage.cpu} value={cpu_cores ?? 0} max={limits.cpu_cores} text={coresText(usage)} />
      <Meter label={t.usage.memory} value={memory_bytes} max={limits.memory_mib && limits.memory_mib * MIB} text={memoryText(usage)} warns />
      {gpus !== "" && <Meter label={t.usage.gpus} value={0} text={t.usage.given(gpus)} />}
    </section>
  );
}

import { CodeLine } from "@/components/ui/CodeLine";
import { Facts } from "@/components/ui/Page";
import type { JobSpec } from "@/data/schema";
import { formatDuration, formatNumber } from "@/lib/format";
import { codeText } from "@/lib/jobForm";
import { gpusText } from "@/lib/limits";
import { variablesText } from "@/lib/program";
import { t } from "@/texts";

function factsOf(spec: JobSpec): [string, string][] {
  const { limits } = spec;
  const facts: [string, string | null | undefined | false][] = [
    [t.jobs.code, codeText(spec.code)],
    [t.images.label, spec.image],
    [t.jobs.cpu, limits.cpu_cores ? formatNumber(limits.cpu_cores) : null],
    [t.jobs.memory, limits.memory_mib ? formatNumber(limits.memory_mib) : null],
    [t.jobs.gpus, gpusText(limits)],
    [t.jobs.timeLimit, spec.timeout_s ? formatDuration(spec.timeout_s) : null],
    [t.jobs.retries, spec.retries > 0 && String(spec.retries)],
  ];
  return facts.filter((fact): fact is [string, string] => Boolean(fact[1]));
}

function Lines({ name, text }: { name: string; text: string }) {
  if (text === "") return null;
  return (
    <div className="min-w-0 flex-1 basis-64">
      <h3 className="mb-1 text-sm text-muted">{name}</h3>
      <pre tabIndex={0} className="max-h-40 overflow-auto rounded-md border border-line bg-surface p-3"><code>{text}</code></pre>
    </div>
  );
}

/** What a job or one of its runs does: all of its spec that says something. */
export function SpecFacts({ spec }: { spec: JobSpec }) {
  const facts = factsOf(spec);
  return (
    <>
      <div className="mb-3"><CodeLine code={spec.command} /></div>
      {facts.length > 0 && <Facts facts={facts} />}
      <div className="mb-4 flex flex-wrap gap-4 empty:hidden">
        <Lines name={t.jobs.requirements} text={spec.requirements.join("\n")} />
        <Lines name={t.jobs.variables} text={variablesText(spec.environment)} />
      </div>
    </>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Pencil } from "lucide-react";
import { type ReactNode, useState } from "react";

import { Button } from "@/components/ui/Button";
import { CodeLine } from "@/components/ui/CodeLine";
import { Dialog } from "@/components/ui/Dialog";
import { Facts, Section } from "@/components/ui/Page";
import { Ago, Duration } from "@/components/ui/Time";
import { UsageMeters } from "@/components/workload/UsageMeters";
import type { Service } from "@/data/schema";
import { serviceUrl } from "@/data/services";
import { serviceUsageQuery } from "@/data/usage";
import { gpusText } from "@/lib/limits";
import { formOf, type Spec } from "@/lib/serviceForm";
import { isOver } from "@/lib/stages";
import { t } from "@/texts";

import { DeployForm } from "../DeployForm";
import { ModelBehind } from "./ModelBehind";
import { StateBox } from "./StateBox";

function Change({ service }: { service: Service }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog open={open} onOpenChange={setOpen} title={t.services.changeTitle(service.name)} wide trigger={<Button><Pencil size={14} aria-hidden />{t.services.change}</Button>}>
      <DeployForm project={service.project} initial={formOf(service.name, service.spec)} before={service} onDone={() => setOpen(false)} onCancel={() => setOpen(false)} />
    </Dialog>
  );
}

function codeText({ code }: Spec): string {
  if (!code) return t.common.none;
  if (code.kind === "git") return code.url;
  return code.kind === "dataset" ? `datasets/${code.key}${code.version ? ` (${t.services.versionShort(String(code.version))})` : ""}` : t.services.uploaded;
}

function limitsText({ limits }: Spec): string {
  const parts = [limits.cpu_cores && t.services.cores(limits.cpu_cores), limits.memory_mib && t.services.mib(limits.memory_mib), gpusText(limits) && t.services.gpus(gpusText(limits))];
  return parts.filter(Boolean).join(", ") || t.services.labDefault;
}

function specFacts(spec: Spec): [string, ReactNode][] {
  const mono = (text: string) => <code className="break-all">{text}</code>;
  return [
    ...(spec.model ? [] : [[t.services.ports, spec.ports.join(", ")], [t.services.healthPath, spec.health_path ? mono(spec.health_path) : t.common.none], [t.services.code, codeText(spec)]] as [string, ReactNode][]),
    ...(spec.image ? [[t.images.label, mono(spec.image)] as [string, ReactNode]] : []),
    [t.services.requirements, spec.requirements.length > 0 ? mono(spec.requirements.join(", ")) : t.common.none],
    [t.services.variables, Object.keys(spec.environment).length > 0 ? mono(Object.keys(spec.environment).join(", ")) : t.common.none],
    [t.services.limits, limitsText(spec)],
    [t.services.whenItEnds, spec.restart ? t.services.restarts : t.services.staysDown],
  ];
}

/** How the service is and why, where it answers, and what it runs. */
export function Overview({ service, edits }: { service: Service; edits: boolean }) {
  const { status, spec } = service;
  const usage = useQuery(serviceUsageQuery(service.project, service.name, status)).data;
  return (
    <>
      <StateBox service={service} />
      {usage && !isOver(status) && <UsageMeters usage={usage} />}
      <Section title={t.services.address}><CodeLine code={serviceUrl(service)} /></Section>
      <Section title={t.services.serves} actions={edits && <Change service={service} />}>
        {spec.model ? <ModelBehind service={service} model={spec.model} /> : <div className="mb-3"><CodeLine code={spec.command ?? ""} /></div>}
        <Facts facts={specFacts(spec)} />
      </Section>
      <Section title={t.services.history}>
        <Facts
          facts={[
            [t.services.deployedAt, <><Ago at={service.created_at} /> {t.services.by(service.created_by)}</>],
            [t.services.changedBy, service.updated_by],
            [t.services.startedAt, <Ago at={status.started_at} />],
            [t.services.startTook, status.started_at && status.ready_at ? <Duration from={status.started_at} to={status.ready_at} /> : "–"],
            [t.services.attempts, status.attempt],
          ]}
        />
      </Section>
    </>
  );
}

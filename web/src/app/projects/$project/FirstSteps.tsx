import type { ReactNode } from "react";

import { CodeLine } from "@/components/ui/CodeLine";
import { Section } from "@/components/ui/Page";
import { PathLink } from "@/components/ui/PathLink";
import { labUrl } from "@/lib/base";
import { deployLine, logLines, uploadLine } from "@/lib/lines";
import { t } from "@/texts";

function Step({ number, path, title, text, children }: { number: number; path: string; title: string; text: string; children: ReactNode }) {
  return (
    <li className="rounded-lg border border-line bg-surface p-4">
      <h3 className="font-semibold">{number}. <PathLink path={path} className="text-accent hover:underline">{title}</PathLink></h3>
      <p className="mb-3 text-muted">{text}</p>
      <div className="space-y-2">{children}</div>
    </li>
  );
}

/** What an empty project is for: the three first things, with the very lines that do them. */
export function FirstSteps({ project }: { project: string }) {
  const steps = t.project.steps;
  const at = (noun: string) => `/projects/${project}/${noun}`;
  return (
    <Section title={t.project.first}>
      <ol className="space-y-3">
        <Step number={1} path={at("datasets")} title={steps.upload} text={steps.uploadText}><CodeLine code={uploadLine(project)} /></Step>
        <Step number={2} path={at("experiments")} title={steps.log} text={steps.logText}><CodeLine code={logLines(project, labUrl)} /></Step>
        <Step number={3} path={at("services")} title={steps.deploy} text={steps.deployText}><CodeLine code={deployLine(project)} /></Step>
      </ol>
    </Section>
  );
}

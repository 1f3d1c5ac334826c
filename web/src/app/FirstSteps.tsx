import { Button } from "@/components/ui/Button";
import { CodeLine } from "@/components/ui/CodeLine";
import { Section } from "@/components/ui/Page";
import { labUrl } from "@/lib/base";
import { loginLine } from "@/lib/lines";
import { t } from "@/texts";

import { NewProjectDialog } from "./projects/NewProjectDialog";

const CARD = "flex flex-col gap-2 rounded-lg border border-line bg-surface p-4";

/** What somebody new to the lab does first. */
export function FirstSteps() {
  const steps = t.home.steps;
  return (
    <Section title={t.home.first}>
      <p className="mb-3 text-muted">{t.home.firstText}</p>
      <ol className="grid gap-3 md:grid-cols-2">
        <li className={CARD}>
          <h3 className="font-semibold">1. {steps.project}</h3>
          <p className="text-muted">{steps.projectText}</p>
          <NewProjectDialog trigger={<Button look="primary" className="self-start">{t.projects.create}</Button>} />
        </li>
        <li className={CARD}>
          <h3 className="font-semibold">2. {steps.cli}</h3>
          <p className="text-muted">{steps.cliText}</p>
          <CodeLine code={loginLine(labUrl)} />
        </li>
      </ol>
    </Section>
  );
}

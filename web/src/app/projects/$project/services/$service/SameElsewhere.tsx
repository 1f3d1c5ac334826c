import { CodeLine } from "@/components/ui/CodeLine";
import { Section } from "@/components/ui/Page";
import type { Service } from "@/data/schema";
import { serviceUrl } from "@/data/services";
import { cliLine, curlLine, pythonLines } from "@/lib/callLines";
import { t } from "@/texts";

interface Props {
  service: Service;
  method: string;
  path: string;
  body: string;
}

/** The same request from a terminal and from a notebook. */
export function SameElsewhere({ service, method, path, body }: Props) {
  const request = { url: serviceUrl(service), project: service.project, service: service.name, method, path: path.startsWith("/") ? path : `/${path}`, body };
  const cli = cliLine(request);
  const lines: [string, string][] = [["curl", curlLine(request)], ["Python", pythonLines(request)], ...(cli ? [[t.services.cli, cli] as [string, string]] : [])];
  return (
    <Section title={t.services.elsewhere}>
      <div className="space-y-3">
        {lines.map(([name, code]) => (
          <div key={name} className="min-w-0">
            <p className="mb-1 text-sm text-muted">{name}</p>
            <CodeLine code={code} />
          </div>
        ))}
      </div>
      <p className="mt-2 text-sm text-muted">{t.services.tokenHint}</p>
    </Section>
  );
}

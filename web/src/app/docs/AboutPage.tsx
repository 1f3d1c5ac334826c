import { useQuery } from "@tanstack/react-query";

import { Loaded } from "@/components/ui/Loaded";
import { Facts, Page, Section } from "@/components/ui/Page";
import { Table } from "@/components/ui/Table";
import { healthQuery } from "@/data/admin";
import { labUrl } from "@/lib/base";
import { t } from "@/texts";

const PARTS: [string, string][] = [
  ["React, TanStack Router, Query, Table and Virtual, Base UI, Tailwind CSS, openapi-fetch, react-hook-form, uPlot, tus-js-client, anser", "MIT"],
  ["Lucide icons", "ISC"],
  ["Inter", "SIL OFL 1.1"],
  ["nginx", "BSD-2-Clause"],
];

export function AboutPage() {
  const query = useQuery(healthQuery);
  return (
    <Page title={t.about.title}>
      <p className="mb-4 max-w-prose text-muted">{t.about.text}</p>
      <Loaded query={query}>{(health) => <Facts facts={[[t.about.version, health.version], [t.about.address, <code key="url">{labUrl}</code>]]} />}</Loaded>
      <Section title={t.about.licences}>
        <p className="mb-2 text-muted">{t.about.licencesText}</p>
        <Table label={t.about.licences} rows={PARTS} rowKey={([name]) => name} columns={[{ head: t.about.part, cell: ([name]) => name }, { head: t.about.licence, cell: ([, licence]) => <span className="whitespace-nowrap">{licence}</span> }]} />
      </Section>
    </Page>
  );
}

import { AnchorButton } from "@/components/ui/Button";
import { CodeLine } from "@/components/ui/CodeLine";
import { Page, Section } from "@/components/ui/Page";
import { Table } from "@/components/ui/Table";
import { apiUrl } from "@/data/client";
import { labUrl } from "@/lib/base";
import { loginLine, pythonLines, uploadLine } from "@/lib/lines";
import { t } from "@/texts";

export function DocsPage() {
  return (
    <Page title={t.shell.docs} actions={<AnchorButton href={apiUrl("/docs")} target="_blank" rel="noopener">{t.shell.apiDocs}</AnchorButton>}>
      <p className="mb-4 max-w-prose text-muted">{t.docs.where}</p>
      <Section title={t.docs.commandLine}>
        <p className="mb-2 text-muted">{t.docs.commandLineText}</p>
        <CodeLine code={`${loginLine(labUrl)}\n${uploadLine("demo")}\nmllab --help`} />
      </Section>
      <Section title={t.docs.python}><CodeLine code={pythonLines("demo")} /></Section>
      <Section title={t.docs.shipped}>
        <Table
          label={t.docs.shipped}
          rows={Object.entries(t.docs.files)}
          rowKey={([file]) => file}
          columns={[
            { head: t.docs.file, cell: ([file]) => <code>docs/{file}</code> },
            { head: t.docs.about, cell: ([, text]) => text },
          ]}
        />
      </Section>
    </Page>
  );
}

import { useSearch } from "@tanstack/react-router";

import { CodeLine } from "@/components/ui/CodeLine";
import { Section } from "@/components/ui/Page";
import type { FileAddress } from "@/data/files";
import { base } from "@/lib/base";
import { readLines } from "@/lib/snippets";
import { t } from "@/texts";

const words = t.files;

/** The lines that read this file, to be copied. */
export function Use({ address }: { address: FileAddress }) {
  const { version } = useSearch({ from: `/projects/$project/${address.kind}/$` });
  const lines = readLines(address, version, location.origin + base);
  return (
    <>
      <Section title={words.python}><CodeLine code={lines.environment} /></Section>
      <Section title={words.anywhere}><CodeLine code={lines.client} /></Section>
      <Section title={words.cli}><CodeLine code={lines.cli} /></Section>
      <Section title={words.curl}><CodeLine code={lines.curl} /></Section>
    </>
  );
}

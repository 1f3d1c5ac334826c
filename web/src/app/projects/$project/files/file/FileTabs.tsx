import { useSearch } from "@tanstack/react-router";

import { TabLinks } from "@/components/ui/Tabs";
import type { FileAddress } from "@/data/files";
import { t } from "@/texts";

const words = t.files;

export function FileTabs({ address, count }: { address: FileAddress; count: number | undefined }) {
  const { version, tab } = useSearch({ from: `/projects/$project/${address.kind}/$` });
  const link = (to: "versions" | "used" | "use" | undefined) => ({
    to: `/projects/$project/${address.kind}/$` as const,
    params: { project: address.project, _splat: address.key },
    search: { version, tab: to },
  });
  return (
    <TabLinks
      label={words.tabs}
      tabs={[
        { label: words.preview, link: link(undefined), active: tab === undefined },
        { label: words.versions, link: link("versions"), active: tab === "versions", count },
        { label: words.used.tab, link: link("used"), active: tab === "used" },
        { label: words.use, link: link("use"), active: tab === "use" },
      ]}
    />
  );
}

import { CopyButton } from "@/components/ui/CodeLine";
import { Facts } from "@/components/ui/Page";
import { Ago } from "@/components/ui/Time";
import type { FileAddress } from "@/data/files";
import type { FileVersion } from "@/data/schema";
import { formatBytes, formatNumber } from "@/lib/format";
import { t } from "@/texts";

import { MetadataDialog } from "./MetadataDialog";

const words = t.files;

/** What is known of one version. */
export function FileFacts({ address, version, may }: { address: FileAddress; version: FileVersion; may: boolean }) {
  const metadata = Object.entries(version.metadata);
  return (
    <Facts
      facts={[
        [words.size, <span key="size" title={`${formatNumber(version.size_bytes)} B`}>{formatBytes(version.size_bytes)}</span>],
        [words.type, version.content_type],
        [words.uploaded, <span key="at"><Ago at={version.created_at} /> {t.projects.by} {version.created_by}</span>],
        [words.key, <span key="key" className="-my-2 flex items-center gap-1 break-all"><code>{`${address.kind}/${address.key}`}</code><CopyButton text={`${address.kind}/${address.key}`} label={words.copyKey} /></span>],
        [words.sha256, <span key="hash" className="-my-2 flex items-center gap-1"><code title={version.sha256}>{version.sha256.slice(0, 12)}</code><CopyButton text={version.sha256} label={words.copyHash} /></span>],
        [words.metadata, (
          <span key="metadata" className="flex flex-wrap items-center gap-2">
            {metadata.map(([name, value]) => <span key={name} className="rounded-sm bg-off-bg px-1.5 text-sm break-all text-off">{name}={value}</span>)}
            {metadata.length === 0 && <span className="text-muted">{words.noMetadata}</span>}
            {may && <span className="-my-2"><MetadataDialog address={address} version={version} /></span>}
          </span>
        )],
      ]}
    />
  );
}

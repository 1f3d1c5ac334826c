import { useQueryClient } from "@tanstack/react-query";
import { Download, Trash2 } from "lucide-react";

import { AnchorButton, Button, IconButton } from "@/components/ui/Button";
import { Confirm } from "@/components/ui/Confirm";
import { FileLink } from "@/components/ui/FileLink";
import { Table } from "@/components/ui/Table";
import { Ago } from "@/components/ui/Time";
import { say } from "@/components/ui/Toasts";
import { deleteFile, downloadUrl, type FileAddress, wordOf } from "@/data/files";
import type { FileVersion } from "@/data/schema";
import { formatBytes } from "@/lib/format";
import { t } from "@/texts";

const words = t.files;

interface Props {
  address: FileAddress;
  versions: FileVersion[];
  selected: number;
  hasMore: boolean;
  onMore: () => void;
  may: boolean;
}

function change(version: FileVersion, before: FileVersion | undefined, hasMore: boolean): string {
  if (before === undefined) return hasMore || version.version > 1 ? "" : words.first;
  if (before.sha256 === version.sha256) return words.same;
  const more = version.size_bytes - before.size_bytes;
  return more >= 0 ? `+${formatBytes(more)}` : `−${formatBytes(-more)}`;
}

function DeleteVersion({ address, version }: { address: FileAddress; version: FileVersion }) {
  const client = useQueryClient();
  const confirm = async () => {
    await deleteFile(address, version.version);
    await client.invalidateQueries({ queryKey: [wordOf(address.kind), address.project] });
    say(words.deleted(words.versionOf(version.version)));
  };
  const label = words.deleteVersion(version.version);
  return (
    <Confirm trigger={<IconButton label={label}><Trash2 size={14} aria-hidden /></IconButton>} title={`${label}?`} action={t.common.remove} onConfirm={confirm}>
      {words.deleteVersionText(formatBytes(version.size_bytes))}
    </Confirm>
  );
}

/** All versions and what each changed against the one before. */
export function VersionTable({ address, versions, selected, hasMore, onMore, may }: Props) {
  const before = new Map(versions.map((version, index) => [version.version, versions[index + 1]]));
  return (
    <>
      <Table
        label={words.versions}
        rows={versions}
        rowKey={(version) => String(version.version)}
        columns={[
          {
            head: words.version,
            cell: (version) => (
              <>
                <span className={version.version === selected ? "font-semibold" : ""}>
                  <FileLink project={address.project} kind={address.kind} fileKey={address.key} version={version.version}>{words.versionOf(version.version)}</FileLink>
                </span>
                <span className="block text-sm text-muted md:hidden"><Ago at={version.created_at} /> · {version.created_by}</span>
              </>
            ),
          },
          { head: words.size, numeric: true, cell: (version) => <span className="whitespace-nowrap">{formatBytes(version.size_bytes)}</span> },
          { head: words.changed, wide: true, cell: (version) => <span className="text-muted">{change(version, before.get(version.version), hasMore)}</span> },
          { head: words.sha256, wide: true, cell: (version) => <code title={version.sha256}>{version.sha256.slice(0, 12)}</code> },
          { head: words.uploaded, wide: true, cell: (version) => <Ago at={version.created_at} /> },
          { head: words.by, wide: true, cell: (version) => version.created_by },
          {
            head: t.common.actions,
            cell: (version) => (
              <span className="-my-1 flex">
                <AnchorButton look="quiet" className="w-9 px-0! pointer-coarse:w-11" href={downloadUrl(address, version.version)} aria-label={words.downloadVersion(version.version)} title={words.downloadVersion(version.version)}><Download size={14} aria-hidden /></AnchorButton>
                {may && versions.length > 1 && <DeleteVersion address={address} version={version} />}
              </span>
            ),
          },
        ]}
      />
      {hasMore && <Button className="mt-3" onClick={onMore}>{t.common.more}</Button>}
    </>
  );
}

import { FileLink } from "@/components/ui/FileLink";
import { Table } from "@/components/ui/Table";
import { Ago } from "@/components/ui/Time";
import type { FileSummary } from "@/data/schema";
import { formatBytes, formatNumber } from "@/lib/format";
import { t } from "@/texts";

const words = t.files;

export function FileTable({ files }: { files: FileSummary[] }) {
  return (
    <Table
      label={files[0] === undefined ? "" : words.name[files[0].kind]}
      rows={files}
      rowKey={(file) => file.key}
      columns={[
        {
          head: words.key,
          cell: (file) => (
            <>
              <span className="font-medium break-all"><FileLink project={file.project} kind={file.kind} fileKey={file.key}>{file.key}</FileLink></span>
              <span className="block text-sm text-muted md:hidden"><Ago at={file.latest.created_at} /> · {file.latest.created_by}</span>
            </>
          ),
        },
        { head: words.size, numeric: true, cell: (file) => <span className="whitespace-nowrap">{formatBytes(file.latest.size_bytes)}</span> },
        { head: words.versions, numeric: true, wide: true, cell: (file) => formatNumber(file.versions) },
        { head: words.updated, wide: true, cell: (file) => <Ago at={file.latest.created_at} /> },
        { head: words.by, wide: true, cell: (file) => file.latest.created_by },
      ]}
    />
  );
}

import type { Preview, PreviewColumn } from "@/data/schema";
import { cx } from "@/lib/cx";
import { formatNumber } from "@/lib/format";
import { isNumeric, shareOf } from "@/lib/previews";
import { t } from "@/texts";

import { ColumnSummary } from "./ColumnSummary";

const words = t.files;

function captionOf(preview: Preview): string {
  const { rows, total_rows, columns, columns_total, sampled_rows } = preview;
  const shown = formatNumber(rows.length);
  const parts = [
    total_rows === null || total_rows === undefined ? words.rowsFirst(shown)
    : total_rows > rows.length ? words.rowsOf(shown, formatNumber(total_rows))
    : words.rowsAll(shown),
  ];
  if (columns_total > columns.length) parts.push(words.columnsOf(formatNumber(columns.length), formatNumber(columns_total)));
  if (sampled_rows > 0) parts.push(sampled_rows === total_rows ? words.statisticsAll : words.statisticsOf(formatNumber(sampled_rows)));
  return parts.join("; ");
}

function Head({ column, sampled }: { column: PreviewColumn; sampled: number }) {
  const statistics = column.statistics;
  return (
    <th scope="col" className="sticky top-0 z-10 border-b border-line bg-surface px-3 py-2 align-top font-normal">
      <span className="block max-w-60 truncate font-semibold" title={column.name}>{column.name}</span>
      <span className="block max-w-60 truncate text-xs text-muted" title={column.type}>{column.type.toLowerCase()}</span>
      {statistics && (
        <>
          <ColumnSummary type={column.type} statistics={statistics} sampled={sampled} />
          <span className="block text-xs whitespace-nowrap text-muted">
            {statistics.nulls === 0 ? words.complete : words.missing(shareOf(statistics.nulls, sampled))}
          </span>
        </>
      )}
    </th>
  );
}

/** The first rows, each column with what is known of it. All values are text, never markup. */
export function PreviewTable({ preview, label }: { preview: Preview; label: string }) {
  const { columns, rows, sampled_rows } = preview;
  const numeric = columns.map((column) => isNumeric(column.type));
  return (
    <>
      <p className="mb-2 text-sm text-muted">{captionOf(preview)}</p>
      {preview.rejected_lines > 0 && <p role="note" className="mb-2 rounded-md bg-wait-bg px-3 py-2 text-sm text-wait">{words.rejected(formatNumber(preview.rejected_lines), preview.rejected_lines === 1, preview.format === "jsonl")}</p>}
      <div tabIndex={0} role="region" aria-label={label} className="max-h-[75dvh] w-fit max-w-full overflow-auto rounded-lg border border-line bg-surface">
        <table aria-label={label} className="border-separate border-spacing-0 text-left text-sm">
          <thead>
            <tr>{columns.map((column) => <Head key={column.name} column={column} sampled={sampled_rows} />)}</tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={index} className="hover:bg-hover">
                {row.map((value, at) => (
                  <td key={at} title={value !== null && value.length > 40 ? value : undefined} className={cx("h-7 max-w-80 truncate border-b border-line px-3 py-0.5", numeric[at] === true && "text-right tabular-nums")}>
                    {value ?? <span className="text-muted italic">{words.isNull}</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

import type { ColumnStatistics } from "@/data/schema";
import { formatNumber } from "@/lib/format";
import { shareOf, shortValue } from "@/lib/previews";
import { t } from "@/texts";

const words = t.files;
const WIDTH = 120;
const HEIGHT = 28;

function Histogram({ counts, label }: { counts: number[]; label: string }) {
  const most = Math.max(...counts, 1);
  const width = WIDTH / counts.length;
  return (
    <svg role="img" aria-label={label} width={WIDTH} height={HEIGHT} className="mt-1 block text-accent">
      {counts.map((count, index) => {
        const height = count === 0 ? 0 : Math.max(1, (count / most) * HEIGHT);
        return <rect key={index} x={index * width} y={HEIGHT - height} width={width - 1} height={height} fill="currentColor" opacity={0.7} />;
      })}
    </svg>
  );
}

/** A column's spread: a histogram with its range, or the values that come most often. */
export function ColumnSummary({ statistics, type, sampled }: { statistics: ColumnStatistics; type: string; sampled: number }) {
  const { histogram, top, distinct, min, max } = statistics;
  const first = shortValue(min ?? "", type);
  const last = shortValue(max ?? "", type);
  if (histogram.length > 0) {
    return (
      <>
        <Histogram counts={histogram} label={words.histogram(first, last)} />
        <span className="block max-w-60 truncate text-xs text-muted tabular-nums" title={words.range(min ?? "", max ?? "")}>{words.range(first, last)}</span>
      </>
    );
  }
  return (
    <div className="mt-1 text-xs text-muted">
      {top.slice(0, 2).map((each) => (
        <span key={each.value} className="flex max-w-60 gap-2">
          <span className="min-w-0 flex-1 truncate">{each.value === "" ? "“”" : each.value}</span>
          <span className="tabular-nums">{shareOf(each.count, sampled)}</span>
        </span>
      ))}
      {distinct !== null && distinct !== undefined && <span className="block whitespace-nowrap">{words.distinct(formatNumber(distinct))}</span>}
    </div>
  );
}

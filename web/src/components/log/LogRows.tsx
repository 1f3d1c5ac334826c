import type { Virtualizer } from "@tanstack/react-virtual";

import type { LogFeed } from "./feed";
import { LogRow } from "./LogRow";

interface Props {
  feed: LogFeed;
  virtual: Virtualizer<HTMLDivElement, Element>;
  first: number;
  count: number;
  sought: string;
  wrap: boolean;
  current: number | null;
}

/** The lines in view, at their height in the whole. */
export function LogRows({ feed, virtual, first, count, sought, wrap, current }: Props) {
  const rows = virtual.getVirtualItems();
  const here = location.pathname + location.search;
  return (
    <div className="relative w-max min-w-full" style={{ height: virtual.getTotalSize() }}>
      <div className={wrap ? "absolute inset-x-0 top-0" : "min-w-full"} style={{ transform: `translateY(${rows[0]?.start ?? 0}px)` }}>
        {rows.map((row) => (
          <LogRow
            key={row.key} index={row.index} number={first + row.index} text={feed.at(row.index)?.text ?? ""} sought={sought} wrap={wrap}
            isCurrent={current === first + row.index} href={`${here}#L${first + row.index}`} digits={String(first + count).length}
            measure={wrap ? virtual.measureElement : undefined}
          />
        ))}
      </div>
    </div>
  );
}

import { type Range, useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useLayoutEffect, useMemo } from "react";

import { lanes, spanWith } from "@/lib/grid";
import { widthOf } from "@/lib/runColumns";

import { type Frame, PINNED, PINNED_PX } from "./frame";

type Host = RefObject<HTMLDivElement | null>;

/** The rows near the view, and the one that the keyboard is at, so that it keeps the focus. */
export function useRows(host: Host, count: number, height: number, kept: number) {
  // eslint-disable-next-line react-hooks/incompatible-library -- there is no compiler here
  return useVirtualizer({
    count,
    getScrollElement: () => host.current,
    estimateSize: () => height,
    rangeExtractor: useCallback((range: Range) => spanWith(range.startIndex - 8, range.endIndex + 8, kept, range.count), [kept]),
    scrollPaddingStart: height,
    useFlushSync: false,
  });
}

/** The columns near the view, and the one that the keyboard is at: thirty or a hundred cost the same. */
export function useColumns(host: Host, columns: string[], at: number) {
  const widths = useMemo(() => columns.map(widthOf), [columns]);
  const kept = at - PINNED;
  // eslint-disable-next-line react-hooks/incompatible-library -- there is no compiler here
  const virtual = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => host.current,
    estimateSize: (index) => widths[index] ?? 0,
    rangeExtractor: useCallback((range: Range) => spanWith(range.startIndex - 2, range.endIndex + 2, kept, range.count), [kept]),
    paddingStart: PINNED_PX,
    scrollPaddingStart: PINNED_PX,
    useFlushSync: false,
  });
  useLayoutEffect(() => virtual.measure(), [virtual, widths]);
  const seen = virtual.getVirtualIndexes().join(" ");
  const frame = useMemo((): Frame => {
    const shown = seen === "" ? [] : seen.split(" ").map(Number);
    const { template, tracks } = lanes(widths, shown);
    return {
      template: `minmax(${PINNED_PX}px, 1fr) ${template}`,
      least: PINNED_PX + widths.reduce((sum, width) => sum + width, 0),
      shown: shown.flatMap((index, place) => ({ column: columns[index] ?? "", index: index + PINNED, track: (tracks[place] ?? 0) + 1 })),
    };
  }, [columns, widths, seen]);
  const showColumn = (index: number) => {
    if (index >= PINNED) virtual.scrollToIndex(index - PINNED);
    // The name is always seen; on a narrow screen the box and the state are not.
    else if (index < PINNED - 1) host.current?.scrollTo({ left: 0 });
  };
  return { frame, showColumn };
}

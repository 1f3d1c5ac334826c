import { type FocusEvent, type KeyboardEvent, type RefObject, useLayoutEffect, useRef, useState } from "react";

import { moved, nameOfPlace, type Place, placeOf, type Size } from "@/lib/grid";

interface Deeds {
  /** Bring a cell into view. */
  onMove: (to: Place) => void;
  /** Space, on a run. */
  onSelect: (row: number) => void;
  /** Enter, on a run. */
  onOpen: (row: number) => void;
}

const cellAt = (target: EventTarget): HTMLElement | null => (target instanceof Element ? target.closest<HTMLElement>("[data-cell]") : null);

/**
 * One tab stop for a whole grid: the cell that was used last. Arrows, Home, End and the page keys
 * lead to others (Control: all the way), Space selects, Enter opens; in the header both press.
 */
export function useGridKeys(host: RefObject<HTMLDivElement | null>, size: Omit<Size, "page">, rowHeight: number, deeds: Deeds) {
  const [chosen, setAt] = useState<Place>({ row: 1, column: 2 });
  const at: Place = { row: Math.min(chosen.row, size.rows - 1), column: Math.min(chosen.column, size.columns - 1) };
  const wants = useRef(false);

  // The cell may be there only now: the grid draws what is seen and the one that is gone to.
  useLayoutEffect(() => {
    if (!wants.current) return;
    wants.current = false;
    host.current?.querySelector<HTMLElement>(`[data-cell="${nameOfPlace(at)}"]`)?.focus({ preventScroll: true });
  });

  const go = (to: Place) => {
    wants.current = true;
    setAt(to);
    deeds.onMove(to);
  };
  const onFocus = (event: FocusEvent) => {
    const place = placeOf(cellAt(event.target)?.dataset.cell);
    if (place !== null && (place.row !== at.row || place.column !== at.column)) setAt(place);
  };
  const onKeyDownCapture = (event: KeyboardEvent) => {
    const cell = cellAt(event.target);
    // What a header's menu is told passes here too, through React, though it stands elsewhere.
    if (cell === null || !host.current?.contains(cell) || event.metaKey || event.altKey || event.shiftKey) return;
    // The header and a row of the page before stay in sight.
    const page = Math.max(1, Math.floor(host.current.clientHeight / rowHeight) - 2);
    const to = moved(event.key, event.ctrlKey, at, { ...size, page });
    const press = event.key === "Enter" || (event.key === " " && !event.ctrlKey);
    if (to === null && (!press || event.ctrlKey)) return;
    event.preventDefault();
    event.stopPropagation();
    if (to !== null) go(to);
    else if (at.row === 0) cell.querySelector<HTMLElement>("button, input")?.click();
    else if (event.key === " ") deeds.onSelect(at.row);
    else deeds.onOpen(at.row);
  };
  return { at, onFocus, onKeyDownCapture };
}

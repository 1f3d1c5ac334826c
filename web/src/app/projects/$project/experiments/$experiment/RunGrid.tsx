import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";

import type { RunRow } from "@/data/schema";
import { sortOf, widthOf } from "@/lib/runColumns";
import { t } from "@/texts";

import { HeaderRow } from "./HeaderRow";
import { Row } from "./Row";

const ROW = 36;
const TOUCH_ROW = 44;

interface Props {
  project: string;
  experiment: string;
  total: number;
  rowAt: (index: number) => RunRow | undefined;
  look: (from: number, to: number) => void;
  columns: string[];
  q: string;
  sort: string | undefined;
  selected: Set<string>;
  onSelect: (runs: string[], on: boolean) => void;
  onSort: (sort: string | undefined) => void;
  onFilter: (q: string) => void;
  onHide: (column: string) => void;
}

/** All runs, however many: only what is seen is there. One tab stop; arrows, Space and Enter. */
export function RunGrid(props: Props) {
  const { project, experiment, total, rowAt, look, columns, selected, onSelect } = props;
  const host = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const [active, setActive] = useState(0);
  const [height] = useState(() => (matchMedia("(pointer: coarse)").matches ? TOUCH_ROW : ROW));
  // eslint-disable-next-line react-hooks/incompatible-library -- there is no compiler here
  const virtual = useVirtualizer({ count: total, getScrollElement: () => host.current, estimateSize: () => height, overscan: 12, scrollPaddingStart: height, useFlushSync: false });
  const items = virtual.getVirtualItems();
  const from = items[0]?.index ?? 0;
  const to = items.at(-1)?.index ?? 0;
  useEffect(() => look(from, to), [look, from, to]);
  const widths = columns.map(widthOf);
  const template = ["2.5rem", "2.5rem", "minmax(10rem, 1fr)", ...widths.map((width) => `${width}px`)].join(" ");
  const least = 80 + 220 + widths.reduce((sum, width) => sum + width, 0);
  const open = (run: RunRow) => void navigate({ to: "/projects/$project/experiments/$experiment/runs/$run", params: { project, experiment, run: run.id } });
  const go = (index: number) => {
    const next = Math.max(0, Math.min(total - 1, index));
    setActive(next);
    virtual.scrollToIndex(next);
  };
  const press = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const run = rowAt(active);
    const steps: Record<string, () => void> = {
      ArrowDown: () => go(active + 1),
      ArrowUp: () => go(active - 1),
      PageDown: () => go(active + 15),
      PageUp: () => go(active - 15),
      Home: () => go(0),
      End: () => go(total - 1),
      ArrowRight: () => host.current?.scrollBy({ left: 120 }),
      ArrowLeft: () => host.current?.scrollBy({ left: -120 }),
      " ": () => run && onSelect([run.id], !selected.has(run.id)),
      Enter: () => run && open(run),
    };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    step();
  };
  const shown = items.flatMap((item) => rowAt(item.index) ?? []);
  return (
    <div
      ref={host}
      role="grid"
      tabIndex={0}
      aria-label={t.experiments.runs}
      aria-rowcount={total + 1}
      aria-colcount={columns.length + 3}
      aria-multiselectable
      aria-activedescendant={`run-${active}`}
      onKeyDown={press}
      className="group/grid max-h-[max(24rem,calc(100dvh-19rem))] overflow-auto rounded-lg border border-line bg-surface outline-offset-0!"
    >
      <HeaderRow {...props} template={template} least={least} sorted={sortOf(props.sort)} shown={shown} />
      <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize(), minWidth: least }}>
        {items.map((item) => (
          <Row
            key={item.key}
            index={item.index}
            top={item.start}
            height={height}
            template={template}
            run={rowAt(item.index)}
            columns={columns}
            isActive={item.index === active}
            isSelected={selected.has(rowAt(item.index)?.id ?? "")}
            onSelect={onSelect}
            onPress={setActive}
            project={project}
            experiment={experiment}
          />
        ))}
      </div>
    </div>
  );
}

import { useCallback } from "react";

import { Button } from "@/components/ui/Button";
import { Empty } from "@/components/ui/Empty";
import { Loaded } from "@/components/ui/Loaded";
import { Select } from "@/components/ui/Select";
import { Skeleton } from "@/components/ui/Skeleton";
import type { Column } from "@/data/schema";
import { labUrl } from "@/lib/base";
import { formatNumber } from "@/lib/format";
import { logLines } from "@/lib/lines";
import { t } from "@/texts";

import { BulkBar } from "./BulkBar";
import { ColumnChooser } from "./ColumnChooser";
import { FilterBox } from "./FilterBox";
import { RunGrid } from "./RunGrid";
import { MOST_SELECTED, useAsked, usePieces, useTableSearch } from "./useRuns";

interface Props {
  project: string;
  experiment: string;
  seen: Column[];
  edits: boolean;
}

const isRefused = (error: unknown): boolean => error instanceof Error && "status" in error && (error.status === 422 || error.status === 400);

/** The runs of an experiment: search, columns, selection, and the table. */
export function Runs({ project, experiment, seen, edits }: Props) {
  const { search, change, columns, selected } = useTableSearch(seen);
  const { first, total, rowAt, look } = usePieces(project, useAsked(experiment, search, columns));
  const { q = "", view } = search;
  const runs = search.runs ?? [];
  const fault = isRefused(first.error) ? first.error?.message : undefined;
  const onSelect = useCallback(
    (ids: string[], on: boolean) => {
      const next = new Set(selected);
      for (const id of ids) {
        if (on) next.add(id);
        else next.delete(id);
      }
      change({ runs: next.size > 0 ? [...next].slice(0, MOST_SELECTED) : undefined });
    },
    [selected, change],
  );
  const filter = (next: string) => change({ q: next || undefined }, false);
  return (
    <>
      <div className="mb-3 flex flex-wrap items-start gap-2">
        <FilterBox {...{ project, experiment, q, fault }} onChange={filter} />
        <Select
          label={t.experiments.view}
          value={view ?? "active"}
          onChange={(next) => change({ view: next === "deleted" ? "deleted" : undefined, runs: undefined }, false)}
          options={[{ value: "active", label: t.experiments.active }, { value: "deleted", label: t.experiments.deleted }]}
        />
        <ColumnChooser project={project} experiment={experiment} columns={columns} onChange={(cols) => change({ cols })} />
      </div>
      {runs.length > 0 && <BulkBar project={project} experiment={experiment} runs={runs} deleted={view === "deleted"} edits={edits} onClear={() => change({ runs: undefined })} />}
      {fault === undefined && (
        <Loaded query={first} skeleton={<Skeleton rows={12} />}>
          {() =>
            total > 0 ? (
              <>
                <RunGrid
                  question={`${q}\n${view ?? ""}\n${search.sort ?? ""}`}
                  {...{ project, experiment, total, rowAt, look, columns, q, selected, onSelect }}
                  sort={search.sort}
                  onSort={(sort) => change({ sort })}
                  onFilter={filter}
                  onHide={(gone) => change({ cols: columns.filter((each) => each !== gone) })}
                />
                <p className="mt-2 text-sm text-muted tabular-nums" aria-live="polite">{t.experiments.count(total, formatNumber(total))}</p>
              </>
            ) : q !== "" || view ? (
              <p className="flex items-center gap-3">{t.common.noHits}<Button onClick={() => change({ q: undefined, view: undefined })}>{t.common.clearFilters}</Button></p>
            ) : (
              <Empty code={logLines(project, labUrl)}>{t.experiments.noRuns}</Empty>
            )
          }
        </Loaded>
      )}
    </>
  );
}

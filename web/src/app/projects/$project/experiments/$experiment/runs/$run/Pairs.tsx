import { useState } from "react";

import { Button } from "@/components/ui/Button";
import { FilterInput } from "@/components/ui/FilterInput";
import { cx } from "@/lib/cx";
import { t } from "@/texts";

export interface Pair {
  key: string;
  value: string;
  beside?: string;
  numeric?: boolean;
}

const AT_FIRST = 50;

/** Names and values; with a search when they are many. */
export function Pairs({ label, pairs, none }: { label: string; pairs: Pair[]; none: string }) {
  const [q, setQ] = useState("");
  const [all, setAll] = useState(false);
  if (pairs.length === 0) return <p className="rounded-lg border border-line bg-surface px-3 py-2 text-muted">{none}</p>;
  const sorted = pairs.filter((each) => each.key.toLowerCase().includes(q.toLowerCase())).sort((a, b) => a.key.localeCompare(b.key));
  const shown = all ? sorted : sorted.slice(0, AT_FIRST);
  return (
    <>
      {pairs.length > 12 && <FilterInput label={t.experiments.findIn(label)} value={q} onChange={setQ} />}
      {shown.length === 0 && <p className="text-muted">{t.common.noHits}</p>}
      <dl aria-label={label} className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface empty:hidden">
        {shown.map((each) => (
          <div key={each.key} className="flex min-h-9 items-baseline gap-4 px-3 py-1.5">
            <dt className="w-2/5 shrink-0 break-all text-muted">{each.key}</dt>
            <dd className={cx("min-w-0 flex-1 break-words whitespace-pre-line", each.numeric && "font-medium tabular-nums")}>
              {each.value}
              {each.beside && <span className="ml-2 text-sm font-normal text-muted">{each.beside}</span>}
            </dd>
          </div>
        ))}
      </dl>
      {sorted.length > shown.length && <Button className="mt-2" onClick={() => setAll(true)}>{t.experiments.showAll(sorted.length)}</Button>}
    </>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Columns3 } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/Button";
import { Dialog } from "@/components/ui/Dialog";
import { FilterInput } from "@/components/ui/FilterInput";
import { Loaded } from "@/components/ui/Loaded";
import { columnsQuery } from "@/data/runs";
import { columnOf, FACTS } from "@/lib/runColumns";
import { t } from "@/texts";

interface Props {
  project: string;
  experiment: string;
  columns: string[];
  /** undefined: those shown until somebody chooses. */
  onChange: (columns: string[] | undefined) => void;
}

function Choice({ column, label, hint, columns, onChange }: { column: string; label: string; hint?: string } & Pick<Props, "columns" | "onChange">) {
  const toggle = (on: boolean) => onChange(on ? [...columns, column] : columns.filter((each) => each !== column));
  return (
    <label className="flex min-h-8 items-center gap-2 rounded-md px-2 hover:bg-hover pointer-coarse:min-h-11">
      <input type="checkbox" checked={columns.includes(column)} onChange={(event) => toggle(event.target.checked)} className="size-4 shrink-0 accent-accent" />
      <span className="min-w-0 flex-1 break-all">{label}</span>
      {hint && <span className="shrink-0 text-sm text-muted">{hint}</span>}
    </label>
  );
}

/** Which columns are shown, out of all that runs have; the server searches. */
export function ColumnChooser({ project, experiment, columns, onChange }: Props) {
  const [open, setOpen] = useState(false);
  const [q, setQ] = useState("");
  const query = useQuery({ ...columnsQuery(project, experiment, q), enabled: open });
  const both = { columns, onChange };
  const facts = FACTS.filter((fact) => t.experiments.facts[fact].toLowerCase().includes(q.toLowerCase()));
  return (
    <Dialog open={open} onOpenChange={setOpen} title={t.experiments.columns} trigger={<Button><Columns3 size={16} aria-hidden />{t.experiments.columns}</Button>}>
      <FilterInput label={t.experiments.findColumn} value={q} onChange={setQ} />
      <div className="h-80 overflow-y-auto" tabIndex={0} role="group" aria-label={t.experiments.columns}>
        {facts.map((fact) => <Choice key={fact} column={fact} label={t.experiments.facts[fact]} {...both} />)}
        <Loaded query={query}>
          {(seen) => (
            <>
              {(["metric", "param", "tag"] as const).map((kind) => {
                const its = seen.items.filter((each) => each.kind === kind);
                if (its.length === 0) return null;
                return (
                  <fieldset key={kind}>
                    <legend className="px-2 pt-3 pb-1 text-sm font-medium text-muted">{t.experiments.kinds[kind]}</legend>
                    {its.map((each) => <Choice key={each.key} column={columnOf(each)} label={each.key} hint={t.experiments.inRuns(each.runs)} {...both} />)}
                  </fieldset>
                );
              })}
              {seen.total > seen.items.length && <p className="px-2 py-3 text-sm text-muted">{t.experiments.moreKeys(seen.total - seen.items.length)}</p>}
              {seen.total === 0 && facts.length === 0 && <p className="px-2 py-3 text-muted">{t.common.noHits}</p>}
            </>
          )}
        </Loaded>
      </div>
      <div className="mt-4 flex justify-between gap-2">
        <Button look="quiet" onClick={() => onChange(undefined)}>{t.experiments.resetColumns}</Button>
        <Button look="primary" onClick={() => setOpen(false)}>{t.common.close}</Button>
      </div>
    </Dialog>
  );
}

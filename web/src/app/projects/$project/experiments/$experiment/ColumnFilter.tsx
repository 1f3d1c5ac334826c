import { X } from "lucide-react";
import { type SubmitEvent, useState } from "react";

import { Button, IconButton } from "@/components/ui/Button";
import { Dialog } from "@/components/ui/Dialog";
import { Input } from "@/components/ui/Field";
import { Select } from "@/components/ui/Select";
import { clause, clausesFor, type Operator, operatorsOf, withClause, withoutClause } from "@/lib/runFilter";
import { t } from "@/texts";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  label: string;
  /** As the search language names it. */
  column: string;
  q: string;
  onFilter: (q: string) => void;
}

/** One column's comparisons; each is a part of the one search. */
export function ColumnFilter({ open, onOpenChange, label, column, q, onFilter }: Props) {
  const operators = operatorsOf(column);
  const [operator, setOperator] = useState<Operator>(operators[0] ?? "=");
  const [value, setValue] = useState("");
  const [isWrong, setWrong] = useState(false);
  const add = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const made = clause(column, operator, value);
    setWrong(made === null);
    if (made === null) return;
    setValue("");
    onFilter(withClause(q, made));
    onOpenChange(false);
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t.experiments.filterOf(label)}>
      <ul className="mb-3 space-y-1">
        {clausesFor(q, column).map((part) => (
          <li key={part} className="flex items-center gap-2 rounded-md bg-hover pl-3">
            <code className="min-w-0 flex-1 break-all">{part}</code>
            <IconButton label={`${t.common.remove}: ${part}`} onClick={() => onFilter(withoutClause(q, part))}><X size={14} aria-hidden /></IconButton>
          </li>
        ))}
      </ul>
      <form onSubmit={add}>
        <div className="flex flex-wrap gap-2">
          <Select label={t.experiments.operator} value={operator} onChange={setOperator} options={operators.map((each) => ({ value: each, label: t.experiments.operators[each] }))} />
          <Input aria-label={t.experiments.value} value={value} onChange={(event) => setValue(event.target.value)} className="mt-0! w-0! min-w-32 flex-1" />
        </div>
        {isWrong && <p role="alert" className="mt-2 text-sm text-bad">{t.experiments.needsNumber}</p>}
        {operator.endsWith("LIKE") && <p className="mt-2 text-sm text-muted">{t.experiments.likeHint}</p>}
        <div className="mt-4 flex justify-end"><Button type="submit" look="primary">{t.experiments.addFilter}</Button></div>
      </form>
    </Dialog>
  );
}

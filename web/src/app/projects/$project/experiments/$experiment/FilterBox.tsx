import { Search } from "lucide-react";
import { type SubmitEvent, useState } from "react";

import { Input } from "@/components/ui/Field";
import { cx } from "@/lib/cx";
import { t } from "@/texts";

interface Props {
  q: string;
  onChange: (q: string) => void;
  /** What the lab said of the search. */
  fault: string | undefined;
}

/** MLflow's search language in one box, taken at Enter or on leaving; a faulty one stays. */
export function FilterBox({ q, onChange, fault }: Props) {
  const [typed, setTyped] = useState(q);
  const [told, setTold] = useState(q);
  if (q !== told) {
    setTold(q);
    setTyped(q);
  }
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onChange(typed.trim());
  };
  return (
    <form role="search" onSubmit={submit} className="min-w-0 flex-1 basis-72">
      <div className="relative">
        <Search size={14} aria-hidden className="absolute top-1/2 left-2.5 -translate-y-1/2 text-muted" />
        <Input
          type="search"
          data-filter
          aria-label={t.experiments.search}
          placeholder={t.experiments.searchExample}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={() => typed.trim() !== q && onChange(typed.trim())}
          aria-invalid={fault !== undefined}
          aria-describedby={fault === undefined ? undefined : "filter-fault"}
          spellCheck={false}
          autoComplete="off"
          className={cx("mt-0! pl-8 font-mono", fault !== undefined && "border-bad! underline decoration-bad decoration-wavy underline-offset-3")}
        />
      </div>
      {fault !== undefined && <p id="filter-fault" role="alert" className="mt-1 text-sm break-words text-bad">{fault}</p>}
    </form>
  );
}

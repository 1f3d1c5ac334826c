import { Search } from "lucide-react";
import { useEffect, useState } from "react";

import { Input } from "@/components/ui/Field";

/** A filter field that tells what was typed once the typing rests. */
export function SearchField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const [draft, setDraft] = useState({ text: value, from: value });
  if (draft.from !== value) setDraft({ text: value, from: value }); // changed by a link
  useEffect(() => {
    if (draft.text === draft.from) return;
    const timer = setTimeout(() => onChange(draft.text), 250);
    return () => clearTimeout(timer);
  }, [draft, onChange]);
  return (
    <div className="relative mb-3 max-w-sm">
      <Search size={14} aria-hidden className="absolute top-1/2 left-2.5 -translate-y-1/2 text-muted" />
      <Input type="search" aria-label={label} placeholder={label} value={draft.text} onChange={(event) => setDraft({ ...draft, text: event.target.value })} className="mt-0! pl-8!" />
    </div>
  );
}

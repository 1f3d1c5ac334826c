import { Search } from "lucide-react";
import { useEffect, useState } from "react";

import { Input } from "./Field";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  className?: string;
}

const REST_MS = 150;

/** A list's filter; `/` focuses it. Tells what was typed once the typing rests. */
export function FilterInput({ label, value, onChange, className = "mb-3 w-full max-w-sm" }: Props) {
  const [typed, setTyped] = useState(value);
  const [told, setTold] = useState(value);
  if (value !== told) {
    setTold(value); // changed from outside: cleared, or by going back
    setTyped(value);
  }
  useEffect(() => {
    if (typed === told) return;
    const timer = setTimeout(() => {
      setTold(typed);
      onChange(typed);
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [typed, told, onChange]);
  return (
    <div className={`relative ${className}`}>
      <Search size={14} aria-hidden className="absolute top-1/2 left-2.5 -translate-y-1/2 text-muted" />
      <Input type="search" data-filter aria-label={label} placeholder={label} value={typed} onChange={(event) => setTyped(event.target.value)} className="mt-0! pl-8" />
    </div>
  );
}

import { useState } from "react";

import { type Option, Select } from "./Select";

interface Props<V extends string> {
  label: string;
  /** Its name in the form. */
  name: string;
  initial: V;
  options: Option<V>[];
  hint?: string;
  onChange?: (value: V) => void;
}

/** One of a few as a form's field: label above, the value sent under `name`. */
export function Choice<V extends string>({ label, name, initial, options, hint, onChange }: Props<V>) {
  const [value, setValue] = useState(initial);
  const change = (next: V) => {
    setValue(next);
    onChange?.(next);
  };
  return (
    <div className="mb-4">
      <p className="mb-1 font-medium" aria-hidden>{label}</p>
      <Select label={label} value={value} onChange={change} options={options} />
      <input type="hidden" name={name} value={value} />
      {hint && <p className="mt-1 text-sm text-muted">{hint}</p>}
    </div>
  );
}

import { Check, Copy } from "lucide-react";
import { useState } from "react";

import { t } from "@/texts";

import { IconButton } from "./Button";

/** Copies `text`; says so for a moment. */
export function CopyButton({ text, label = t.common.copy }: { text: string; label?: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), 2000);
  };
  return (
    <IconButton label={done ? t.common.copied : label} onClick={() => void copy()}>
      {done ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
    </IconButton>
  );
}

/** Code to be copied. */
export function CodeLine({ code }: { code: string }) {
  return (
    <div className="flex items-start gap-2 rounded-md border border-line bg-bg py-1 pr-1 pl-3">
      <pre tabIndex={0} className="min-w-0 flex-1 overflow-x-auto py-2"><code>{code}</code></pre>
      <CopyButton text={code} />
    </div>
  );
}

import type { ReactNode } from "react";

import { CodeLine } from "./CodeLine";

interface Props {
  /** One sentence: what would be here. */
  children: ReactNode;
  action?: ReactNode;
  /** The exact lines that do it from a terminal or a notebook. */
  code?: string;
}

/** Nothing here yet: what this place is for and the first step. */
export function Empty({ children, action, code }: Props) {
  return (
    <div className="flex flex-col items-center gap-4 rounded-lg border border-dashed border-field/60 px-6 py-12 text-center">
      <p className="max-w-prose text-muted">{children}</p>
      {action}
      {code && <div className="w-full max-w-2xl text-left"><CodeLine code={code} /></div>}
    </div>
  );
}

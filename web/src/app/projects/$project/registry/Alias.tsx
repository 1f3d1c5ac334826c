import type { ReactNode } from "react";

/** A name that points to a version. */
export function Alias({ alias, version, children }: { alias: string; version?: string; children?: ReactNode }) {
  return (
    <span className="inline-flex min-h-6 items-center gap-1 rounded-md bg-selected px-2 text-xs font-medium">
      @{alias}
      {version !== undefined && <span className="font-normal text-muted">→ {version}</span>}
      {children}
    </span>
  );
}

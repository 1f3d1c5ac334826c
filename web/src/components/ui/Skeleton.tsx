import { t } from "@/texts";

/** Grey rows in place of what is being loaded. */
export function Skeleton({ rows = 1 }: { rows?: number }) {
  return (
    <div data-skeleton role="status" aria-label={t.common.loading} className="space-y-2">
      {Array.from({ length: rows }, (_, row) => <div key={row} className="h-9 animate-pulse rounded-md bg-hover" />)}
    </div>
  );
}

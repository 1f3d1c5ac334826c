import { t } from "@/texts";

/** A chart's room, grey; `waits`: it is being loaded, as one is that nobody has come near yet is not. */
export function ChartSkeleton({ height, waits = true }: { height: number; waits?: boolean }) {
  const said = waits ? { role: "status", "aria-label": t.common.loading } : {};
  return <div {...said} style={{ height }} className="animate-pulse rounded-md bg-hover" />;
}

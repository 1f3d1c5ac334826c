import { Progress as Base } from "@base-ui/react/progress";

import { cx } from "@/lib/cx";

interface Props {
  label: string;
  value: number;
  max: number;
  failed?: boolean;
  className?: string;
}

/** How far something is. */
export function Progress({ label, value, max, failed = false, className }: Props) {
  return (
    <Base.Root aria-label={label} value={max === 0 ? 100 : Math.floor((value / max) * 100)} className={cx("block", className)}>
      <Base.Track className="h-1.5 overflow-hidden rounded-full bg-off-bg">
        <Base.Indicator className={cx("h-full rounded-full", failed ? "bg-bad" : "bg-accent")} />
      </Base.Track>
    </Base.Root>
  );
}

import { Meter as Base } from "@base-ui/react/meter";

import { cx } from "@/lib/cx";

interface Props {
  label: string;
  value: number;
  /** Without one there is only the text: nothing to be a part of. */
  max?: number | null | undefined;
  /** What value and most are in words. */
  text: string;
  /** Reaching the most is trouble: the bar says so beforehand. */
  warns?: boolean;
}

/** How much of something is in use. */
export function Meter({ label, value, max, text, warns = false }: Props) {
  const words = "flex flex-wrap items-baseline justify-between gap-x-3";
  if (!max) return <p className={words}><span className="text-sm text-muted">{label}</span> <span className="tabular-nums">{text}</span></p>;
  return (
    <Base.Root value={Math.min(value, max)} max={max} getAriaValueText={() => text}>
      <span className={words}>
        <Base.Label className="text-sm text-muted">{label}</Base.Label>
        <Base.Value className="tabular-nums">{() => text}</Base.Value>
      </span>
      <Base.Track className="mt-1 block h-1.5 overflow-hidden rounded-full bg-off-bg">
        <Base.Indicator className={cx("block h-full rounded-full", warns && value >= 0.9 * max ? "bg-bad" : "bg-accent")} />
      </Base.Track>
    </Base.Root>
  );
}

import classes from "./usage-bar.module.css";

type Props = {
  readonly usedBytes: number;
  readonly totalBytes: number;
  /** The same in words; it is the text that counts, the bar is for the eye. */
  readonly label: string;
};

/** Below this share of free space the bar warns: a backup may not fit any more. */
const SCARCE = 0.1;

/** How full something is, as a thin bar under its words. */
export function UsageBar({ usedBytes, totalBytes, label }: Props) {
  const share = totalBytes === 0 ? 0 : Math.min(1, usedBytes / totalBytes);
  return (
    <span className={classes["usage"]} data-scarce={share > 1 - SCARCE || undefined}>
      <span className="numbers">{label}</span>
      <svg className={classes["bar"]} viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="4" className={classes["ground"]} />
        <rect width={share * 100} height="4" className={classes["fill"]} />
      </svg>
    </span>
  );
}

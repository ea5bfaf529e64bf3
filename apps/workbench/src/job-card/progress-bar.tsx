import classes from "./progress-bar.module.css";

type Props = {
  /** 0 to 100; undefined while it cannot be told, which shows as a bar without an end. */
  readonly percent: number | undefined;
  /** What the bar measures, for a screen reader: "Backup 2026-11-22 14:05". */
  readonly label: string;
  /** The numbers behind it in words, for a screen reader: "62 %, 1.4 of 2.2 GB". */
  readonly valueText: string;
  readonly tone?: "working" | "bad" | "waiting";
  readonly thin?: boolean;
};

/** A bar that moves smoothly, stands still where motion is not wanted, and never claims a number that nobody knows. */
export function ProgressBar({ percent, label, valueText, tone = "working", thin = false }: Props) {
  const known = percent !== undefined;
  return (
    <div
      className={classes["track"]}
      data-thin={thin}
      role="progressbar"
      aria-label={label}
      aria-valuetext={valueText}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={known ? percent : undefined}
    >
      <div
        className={classes["fill"]}
        data-tone={tone}
        data-known={known}
        style={known ? { transform: `translateX(${percent - 100}%)` } : undefined}
      />
    </div>
  );
}

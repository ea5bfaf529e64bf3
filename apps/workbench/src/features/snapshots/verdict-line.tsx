import type { Cluster } from "@snapdeck/contract/cluster";
import type { Job } from "@snapdeck/contract/job";
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconLoader2 } from "@tabler/icons-react";
import type { Tone } from "../../components/tone.ts";
import { formatAge } from "../../format/format-age.ts";
import { useNow } from "../../format/use-now.ts";
import { snapshotsVerdict, type Verdict } from "./verdict.ts";
import classes from "./verdict-line.module.css";

const TONES: Record<Verdict["tone"], Tone> = {
  good: "running",
  working: "working",
  attention: "suspect",
  bad: "failed",
};

const ICONS = {
  good: IconCircleCheck,
  working: IconLoader2,
  attention: IconAlertTriangle,
  bad: IconCircleX,
} as const satisfies Record<Verdict["tone"], unknown>;

type Props = { readonly cluster: Cluster; readonly activity: readonly Job[] };

/** The verdict with its icon; the ages in it tick. */
export function VerdictLine({ cluster, activity }: Props) {
  const nowMs = useNow();
  const verdict = snapshotsVerdict({ cluster, activity, nowMs, age: (at) => formatAge(at, nowMs) });
  const Icon = ICONS[verdict.tone];
  return (
    <p className={classes["verdict"]} data-tone={TONES[verdict.tone]}>
      <Icon size={18} aria-hidden className={classes["icon"]} />
      <span>{verdict.text}</span>
    </p>
  );
}

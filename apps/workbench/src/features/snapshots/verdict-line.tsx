import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconLoader2 } from "@tabler/icons-react";
import type { Tone } from "../../components/tone.ts";
import { formatAge } from "../../format/format-age.ts";
import { useNow } from "../../format/use-now.ts";
import { useLiveStatus } from "../../live/use-live-status.ts";
import { snapshotsVerdict, type Verdict, type VerdictFacts } from "./verdict.ts";
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

type Props = Omit<VerdictFacts, "nowMs" | "age">;

/** The verdict with its icon; the ages in it tick. While the connection is lost it says how old it is itself. */
export function VerdictLine(facts: Props) {
  const nowMs = useNow();
  const verdict = snapshotsVerdict({ ...facts, nowMs, age: (at) => formatAge(at, nowMs) });
  const { state, dataAt } = useLiveStatus();
  const asOf = state === "offline" ? `As of ${formatAge(dataAt, nowMs)}: ` : "";
  const Icon = ICONS[verdict.tone];
  return (
    <p className={classes["verdict"]} data-tone={TONES[verdict.tone]}>
      <Icon size={18} aria-hidden className={classes["icon"]} />
      <span>
        {asOf}
        {verdict.text}
      </span>
    </p>
  );
}

import { useState } from "react";
import { Hint } from "../components/hint.tsx";
import { ageStepMs, formatAge } from "./format-age.ts";
import classes from "./age.module.css";
import { formatMoment } from "./moment.ts";
import { useNow } from "./use-now.ts";

type Props = {
  /** ISO 8601. */
  readonly at: string;
  /** Put before the age, in the same element: "proven". */
  readonly prefix?: string;
};

/** A moment as its age, which ticks; the exact time with its zone shows on hover and on focus. */
export function Age({ at, prefix }: Props) {
  const [stepMs, setStepMs] = useState(() => ageStepMs(at, Date.now()));
  // A step that is rounded down would make something that happened this second look as if it lay ahead, by less than the step.
  const nowMs = useNow(stepMs);
  const wantedStepMs = ageStepMs(at, nowMs);
  if (wantedStepMs !== stepMs) setStepMs(wantedStepMs);
  const text = formatAge(at, nowMs);
  return (
    <Hint label={formatMoment(at)}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the exact time must be within reach of the keyboard. */}
      <time className={classes["age"]} dateTime={at} tabIndex={0}>
        {prefix === undefined ? text : `${prefix} ${text}`}
      </time>
    </Hint>
  );
}

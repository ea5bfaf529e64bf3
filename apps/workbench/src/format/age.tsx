import { Hint } from "../components/hint.tsx";
import classes from "./age.module.css";
import { formatAge } from "./format-age.ts";
import { formatMoment } from "./moment.ts";
import { useTicking } from "./use-now.ts";

type Props = {
  /** ISO 8601. */
  readonly at: string;
  /** Put before the age, in the same element: "proven". */
  readonly prefix?: string;
};

/** A moment as its age, which ticks; the exact time with its zone shows on hover and on focus. */
export function Age({ at, prefix }: Props) {
  const text = useTicking(() => formatAge(at, Date.now()));
  return (
    <Hint label={formatMoment(at)}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the exact time must be within reach of the keyboard. */}
      <time className={classes["age"]} dateTime={at} tabIndex={0}>
        {prefix === undefined ? text : `${prefix} ${text}`}
      </time>
    </Hint>
  );
}

import { IconChevronRight } from "@tabler/icons-react";
import { Fragment } from "react";
import classes from "./restore-dialog.module.css";

const STEPS = [
  { name: "plan", word: "1 Plan" },
  { name: "confirm", word: "2 Confirm" },
] as const;

type Props = { readonly current: (typeof STEPS)[number]["name"] };

/** Where the operator is on the way to a restore. */
export function DialogSteps({ current }: Props) {
  return (
    <div className={classes["steps"]}>
      {STEPS.map(({ name, word }, index) => (
        <Fragment key={name}>
          {index > 0 && <IconChevronRight size={14} aria-hidden />}
          <span aria-current={name === current ? "step" : undefined}>{word}</span>
        </Fragment>
      ))}
    </div>
  );
}

import { VisuallyHidden } from "@mantine/core";
import type { Job } from "@snapdeck/contract/job";
import { IconCheck, IconChevronRight, IconX } from "@tabler/icons-react";
import { type JobStep, stepsOf } from "./job-steps.ts";
import classes from "./step-line.module.css";

const SAID: Record<JobStep["standing"], string> = {
  done: "done",
  current: "now",
  stopped: "stopped here",
  ahead: "to come",
};

type Props = { readonly job: Job };

/** The steps of a job on one line, the current one marked. The words never change, so nothing moves from step to step. */
export function StepLine({ job }: Props) {
  return (
    <ol className={classes["steps"]} aria-label="Steps">
      {stepsOf(job).map((step, index) => (
        <li
          key={step.phase}
          className={classes["step"]}
          data-standing={step.standing}
          aria-current={step.standing === "current" ? "step" : undefined}
        >
          {index > 0 && <IconChevronRight size={14} className={classes["between"]} aria-hidden />}
          <span className={classes["mark"]} aria-hidden>
            <StepMark standing={step.standing} />
          </span>
          <span className={classes["word"]}>{step.phase}</span>
          <VisuallyHidden>, {SAID[step.standing]}</VisuallyHidden>
        </li>
      ))}
    </ol>
  );
}

function StepMark({ standing }: Pick<JobStep, "standing">) {
  switch (standing) {
    case "done":
      return <IconCheck size={14} />;
    case "stopped":
      return <IconX size={14} />;
    case "current":
    case "ahead":
      return <span className={classes["dot"]} />;
  }
}

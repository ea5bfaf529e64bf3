import { Skeleton } from "@mantine/core";
import classes from "./restore-dialog.module.css";

/** The room of the plan while the server computes it. */
export function PlanSkeleton() {
  return (
    <div className={classes["skeleton"]} role="status" aria-label="The plan is being made">
      <Skeleton height={20} width="70%" />
      <Skeleton height={96} />
      <Skeleton height={140} />
    </div>
  );
}

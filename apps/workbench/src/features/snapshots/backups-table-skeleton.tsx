import { Skeleton } from "@mantine/core";
import classes from "./backups-table.module.css";

const ROWS = ["first", "second", "third", "fourth"];

/** The room that the table will take, while it is read for the first time. */
export function BackupsTableSkeleton() {
  return (
    <div className={`card ${classes["frame"]}`} role="status" aria-label="The backups are being read">
      {ROWS.map((row) => (
        <div key={row} className={classes["skeletonRow"]}>
          <Skeleton height={14} width="22%" />
          <Skeleton height={14} width="10%" />
          <Skeleton height={14} width="10%" />
          <Skeleton height={14} width="18%" />
        </div>
      ))}
    </div>
  );
}

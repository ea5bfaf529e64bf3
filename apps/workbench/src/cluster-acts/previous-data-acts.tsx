import type { Cluster, PreviousData } from "@snapdeck/contract/cluster";
import type { ReactNode } from "react";
import { KeepRestoredButton } from "./keep-restored-button.tsx";
import classes from "./previous-data-acts.module.css";
import { UndoRestoreButton } from "./undo-restore-button.tsx";

type Props = {
  readonly cluster: Cluster;
  readonly previous: PreviousData | undefined;
  /** A step that comes before these. */
  readonly children?: ReactNode;
};

/** What can be done with the data from before a restore: bring it back, or let it go. */
export function PreviousDataActs({ cluster, previous, children }: Props) {
  return (
    <div className={classes["acts"]}>
      {children}
      {previous !== undefined && (
        <>
          <UndoRestoreButton cluster={cluster} previous={previous} />
          <KeepRestoredButton cluster={cluster} previous={previous} />
        </>
      )}
    </div>
  );
}

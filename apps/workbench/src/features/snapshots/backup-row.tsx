import { Loader } from "@mantine/core";
import type { Backup } from "@snapdeck/contract/backup";
import { useRef } from "react";
import { ActionButton } from "../../components/action-button.tsx";
import { TextButton } from "../../components/text-button.tsx";
import { useFocusHandover } from "../../components/use-focus-handover.ts";
import { Age } from "../../format/age.tsx";
import { formatBytes } from "../../format/bytes.ts";
import { formatDuration } from "../../format/duration.ts";
import { formatCount, formatRows } from "../../format/rows.ts";
import { momentName } from "../../job-card/moment-name.ts";
import classes from "./backups-table.module.css";
import { DeleteButton } from "./delete-button.tsx";
import { ProofCell } from "./proof-cell.tsx";
import type { RowAvailability } from "./row-availability.ts";
import type { SnapshotsAddress } from "./use-snapshots-address.ts";

type Props = {
  readonly backup: Backup;
  readonly availability: RowAvailability;
  readonly nowMs: number;
  readonly onOpen: SnapshotsAddress["open"];
};

/** One completed backup with what can be done with it. */
export function BackupRow({ backup, availability, nowMs, onOpen }: Props) {
  const name = momentName(backup.takenAt, nowMs);
  const row = useRef<HTMLTableRowElement>(null);
  useFocusHandover(row, "next", "previous");
  return (
    <tr ref={row} data-deleting={availability.deleting} aria-label={`Backup of ${name}`}>
      <td data-label="Taken">
        <div className={classes["taken"]}>
          <TextButton
            className={classes["name"]}
            aria-label={`${name}, details`}
            aria-haspopup="dialog"
            onClick={() => onOpen("details", backup.id)}
          >
            {name}
          </TextButton>
          <span className={classes["under"]}>
            <Age at={backup.takenAt} />
          </span>
        </div>
      </td>
      <td data-label="Size" className="number">
        {formatBytes(backup.sizeBytes)}
      </td>
      <td data-label="Rows" className="number" title={formatCount(backup.rows)}>
        {formatRows(backup.rows)}
      </td>
      <td data-label="Took" className="number">
        {formatDuration(backup.tookMs)}
      </td>
      <td data-label="Proof">
        <ProofCell backup={backup} verifying={availability.verifying} onOpen={() => onOpen("details", backup.id)} />
      </td>
      <td className={classes["actions"]}>
        <div className={classes["buttons"]}>
          {availability.deleting ? (
            <span className={classes["deleting"]}>
              <Loader size={16} aria-hidden /> Deleting
            </span>
          ) : (
            <>
              <ActionButton
                availability={availability.verify}
                look="quiet"
                reason="tooltip"
                onAct={() => onOpen("verify", backup.id)}
              >
                Verify…
              </ActionButton>
              <ActionButton
                availability={availability.restore}
                reason="tooltip"
                onAct={() => onOpen("restore", backup.id)}
              >
                Restore
              </ActionButton>
            </>
          )}
          <DeleteButton availability={availability.remove} onAct={() => onOpen("delete", backup.id)} />
        </div>
      </td>
    </tr>
  );
}

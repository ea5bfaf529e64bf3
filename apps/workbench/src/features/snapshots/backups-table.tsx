import type { Backup } from "@snapdeck/contract/backup";
import type { Cluster } from "@snapdeck/contract/cluster";
import type { Job } from "@snapdeck/contract/job";
import { useNow } from "../../format/use-now.ts";
import { BackupRow } from "./backup-row.tsx";
import classes from "./backups-table.module.css";
import { rowAvailability } from "./row-availability.ts";
import type { SnapshotsAddress } from "./use-snapshots-address.ts";

type Props = {
  readonly backups: readonly Backup[];
  readonly cluster: Cluster;
  readonly activity: readonly Job[];
  /** These rows answer an older question; the newer answer is on its way. */
  readonly busy: boolean;
  readonly onOpen: SnapshotsAddress["open"];
};

/** The list of backups as a table, and as cards where it is narrow. */
export function BackupsTable({ backups, cluster, activity, busy, onOpen }: Props) {
  const nowMs = useNow(60_000);
  return (
    <div className={`card ${classes["frame"]}`} aria-busy={busy}>
      <table className={`data-table ${classes["table"]}`}>
        <thead>
          <tr>
            <th scope="col">Taken</th>
            <th scope="col" className="number">
              Size
            </th>
            <th scope="col" className="number">
              Rows
            </th>
            <th scope="col" className="number">
              Took
            </th>
            <th scope="col">Proof</th>
            <th scope="col">
              <span className={classes["actionsHead"]}>Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {backups.map((backup) => (
            <BackupRow
              key={backup.id}
              backup={backup}
              availability={rowAvailability(backup, cluster, activity)}
              nowMs={nowMs}
              onOpen={onOpen}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

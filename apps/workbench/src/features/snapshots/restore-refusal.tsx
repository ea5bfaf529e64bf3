import type { Cluster } from "@snapdeck/contract/cluster";
import { IconInfoCircle } from "@tabler/icons-react";
import { WayOut } from "../../components/way-out.tsx";
import classes from "./snapshots-page.module.css";

type Props = { readonly cluster: Cluster; readonly onSuspend: () => void };

/** Why no backup can be restored now, said once above the rows, with the way out. */
export function RestoreRefusal({ cluster, onSuspend }: Props) {
  const { restore } = cluster.actions;
  if (restore.allowed) return null;
  return (
    <p className={classes["refusal"]}>
      <IconInfoCircle size={16} aria-hidden className={classes["refusalIcon"]} />
      <span>
        To restore: {restore.reason}.{" "}
        <WayOut refusal={restore} onWayOut={restore.wayOut === "suspend" ? onSuspend : undefined} />
      </span>
    </p>
  );
}

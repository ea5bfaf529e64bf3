import type { Availability, Cluster } from "@snapdeck/contract/cluster";
import { IconInfoCircle } from "@tabler/icons-react";
import { useRef } from "react";
import { useFocusHandover } from "../../components/use-focus-handover.ts";
import { WayOut } from "../../components/way-out.tsx";
import classes from "./snapshots-page.module.css";

type Props = { readonly cluster: Cluster; readonly onSuspend: () => void };

/** Why no backup can be restored now, said once above the rows, with the way out. */
export function RestoreRefusal({ cluster, onSuspend }: Props) {
  const { restore } = cluster.actions;
  return restore.allowed ? null : <Refusal refusal={restore} onSuspend={onSuspend} />;
}

function Refusal({
  refusal,
  onSuspend,
}: { readonly refusal: Extract<Availability, { allowed: false }> } & Pick<Props, "onSuspend">) {
  const line = useRef<HTMLParagraphElement>(null);
  useFocusHandover(line);
  return (
    <p ref={line} className={classes["refusal"]}>
      <IconInfoCircle size={16} aria-hidden className={classes["refusalIcon"]} />
      <span>
        To restore: {refusal.reason}.{" "}
        <WayOut refusal={refusal} onWayOut={refusal.wayOut === "suspend" ? onSuspend : undefined} />
      </span>
    </p>
  );
}

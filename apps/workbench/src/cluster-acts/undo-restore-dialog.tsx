import { Button, Modal } from "@mantine/core";
import type { Cluster, PreviousData } from "@snapdeck/contract/cluster";
import { type FormEvent, useState } from "react";
import { call } from "../api/call.ts";
import { ActionButton } from "../components/action-button.tsx";
import { NameField } from "../components/name-field.tsx";
import { RefusalNote } from "../components/refusal-note.tsx";
import { typedNameAvailability } from "../components/typed-name.ts";
import { formatMoment } from "../format/moment.ts";
import { useNow } from "../format/use-now.ts";
import { momentName } from "../job-card/moment-name.ts";
import classes from "./undo-restore-dialog.module.css";
import { useStartJob } from "./use-start-job.ts";

type Props = {
  readonly cluster: Cluster;
  readonly previous: PreviousData;
  readonly opened: boolean;
  readonly onSuspend: () => void;
  readonly onClose: () => void;
};

/** Says what goes when a restore is undone, and asks for the cluster's name. Its job's card takes over. */
export function UndoRestoreDialog({ cluster, previous, opened, onSuspend, onClose }: Props) {
  const nowMs = useNow(60_000);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={`Undo the restore of ${momentName(previous.swappedAt, nowMs)}?`}
      size={560}
      centered
    >
      <Question cluster={cluster} previous={previous} onSuspend={onSuspend} onClose={onClose} />
    </Modal>
  );
}

function Question({ cluster, previous, onSuspend, onClose }: Omit<Props, "opened">) {
  const [typed, setTyped] = useState("");
  const undo = useStartJob(
    (body: { clusterName: string }, idempotencyKey) =>
      call("undoRestore", {
        params: { clusterId: cluster.id, restoreId: previous.restoreId },
        body,
        idempotencyKey,
      }),
    { onStarted: onClose },
  );
  const { undoRestore } = cluster.actions;
  const availability = undoRestore.allowed ? typedNameAvailability(typed, cluster.name) : undoRestore;
  const act = () => undo.mutate({ clusterName: typed });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (availability.allowed && !undo.isPending) act();
  };
  return (
    <form onSubmit={submit} className={classes["form"]}>
      <p>
        <strong>{cluster.name}</strong> goes back to the data that it held right before the restore, at{" "}
        {formatMoment(previous.swappedAt)}.
      </p>
      <p>
        The restored data is removed, and with it what was written since. Nothing of the backup changes: it stays listed
        and can be restored again.
      </p>
      <NameField name={cluster.name} typed={typed} onType={setTyped} />
      {undo.error !== null && <RefusalNote error={undo.error} />}
      <div className={classes["buttons"]}>
        <Button variant="default" onClick={onClose} data-autofocus>
          Leave it restored
        </Button>
        <ActionButton availability={availability} look="danger" busy={undo.isPending} onAct={act} onWayOut={onSuspend}>
          Undo restore
        </ActionButton>
      </div>
    </form>
  );
}

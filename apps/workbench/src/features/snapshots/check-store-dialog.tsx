import { Button, Modal } from "@mantine/core";
import type { Cluster } from "@snapdeck/contract/cluster";
import { type FormEvent, useId, useState } from "react";
import { call } from "../../api/call.ts";
import { useStartJob } from "../../cluster-acts/use-start-job.ts";
import { ActionButton } from "../../components/action-button.tsx";
import { RefusalNote } from "../../components/refusal-note.tsx";
import { formatCounted } from "../../format/rows.ts";
import classes from "./check-store-dialog.module.css";

type Props = { readonly cluster: Cluster; readonly opened: boolean; readonly onClose: () => void };

/** Says what a store check looks at and that it repairs nothing. Its job's card takes over. */
export function CheckStoreDialog({ cluster, opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Check the store" size={560} centered>
      <Question cluster={cluster} onClose={onClose} />
    </Modal>
  );
}

function Question({ cluster, onClose }: Omit<Props, "opened">) {
  const [bytes, setBytes] = useState(false);
  const id = useId();
  const check = useStartJob(
    (body: { bytes: boolean }, idempotencyKey) =>
      call("checkStore", { params: { clusterId: cluster.id }, body, idempotencyKey }),
    { onStarted: onClose },
  );
  const availability = cluster.actions.checkStore;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (availability.allowed && !check.isPending) check.mutate({ bytes });
  };
  return (
    <form onSubmit={submit} className={classes["form"]}>
      <p>
        Looks at every backup on the store and at what Snapdeck remembers of it, by a program of its own, and proves
        that they fit: each listed backup is complete and signed, each backup on the store is listed, and no file is
        there that nothing owns. What is broken is named.
      </p>
      <label className={classes["bytes"]}>
        <input
          type="checkbox"
          checked={bytes}
          aria-labelledby={`${id}-name`}
          aria-describedby={`${id}-cost`}
          onChange={(event) => setBytes(event.currentTarget.checked)}
          data-autofocus
        />
        <span>
          <strong id={`${id}-name`}>Also read every byte</strong>
          <span id={`${id}-cost`} className="quiet">
            Takes as long as reading {formatCounted(cluster.backups.count, "backup")} from the store. Without it, files
            are compared by their sizes.
          </span>
        </span>
      </label>
      <p className="quiet">Nothing is changed and nothing is repaired; the cluster and its backups go on meanwhile.</p>
      {check.error !== null && <RefusalNote error={check.error} />}
      <div className={classes["buttons"]}>
        <Button variant="default" onClick={onClose}>
          Leave it
        </Button>
        <ActionButton
          availability={availability}
          look="primary"
          busy={check.isPending}
          onAct={() => check.mutate({ bytes })}
        >
          Check store
        </ActionButton>
      </div>
    </form>
  );
}

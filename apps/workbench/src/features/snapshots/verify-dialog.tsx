import { Button, Modal, Skeleton } from "@mantine/core";
import type { Backup } from "@snapdeck/contract/backup";
import type { Cluster } from "@snapdeck/contract/cluster";
import type { BackupId } from "@snapdeck/contract/scalars";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { call } from "../../api/call.ts";
import { useStartJob } from "../../cluster-acts/use-start-job.ts";
import { ActionButton } from "../../components/action-button.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { RefusalNote } from "../../components/refusal-note.tsx";
import { formatBytes } from "../../format/bytes.ts";
import { formatCounted } from "../../format/rows.ts";
import { useNow } from "../../format/use-now.ts";
import { backupName } from "./backup-name.ts";
import { useBackup } from "./use-backup.ts";
import { useRowAvailability } from "./use-row-availability.ts";
import classes from "./verify-dialog.module.css";

type Props = {
  readonly cluster: Cluster;
  readonly backupId: BackupId;
  readonly opened: boolean;
  readonly onClose: () => void;
};

/** Asks how searching the proof should be, and says what each costs. Its job's card takes over. */
export function VerifyDialog({ cluster, backupId, opened, onClose }: Props) {
  const backup = useBackup(cluster.id, backupId);
  const nowMs = useNow(60_000);
  const of = backup.data === undefined ? `backup ${backupId}` : `the ${backupName(backup.data, nowMs)}`;
  return (
    <Modal opened={opened} onClose={onClose} title={`Verify ${of}`} size={560} centered>
      {backup.data !== undefined ? (
        <Choice cluster={cluster} backup={backup.data} onClose={onClose} />
      ) : backup.error === null ? (
        <Skeleton height={280} radius={8} />
      ) : (
        <ProblemNote error={backup.error} onRetry={() => void backup.refetch()} />
      )}
    </Modal>
  );
}

type ChoiceProps = { readonly cluster: Cluster; readonly backup: Backup; readonly onClose: () => void };

function Choice({ cluster, backup, onClose }: ChoiceProps) {
  const [level, setLevel] = useState<"L2" | "L3">("L2");
  const { verify } = useRowAvailability(backup, cluster);
  const start = useStartJob(
    (body: { level: "L2" | "L3" }, idempotencyKey) =>
      call("verifyBackup", { params: { clusterId: cluster.id, backupId: backup.id }, body, idempotencyKey }),
    { onStarted: onClose },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (verify.allowed && !start.isPending) start.mutate({ level });
  };
  const bytes = `${formatBytes(backup.sizeBytes)} in ${formatCounted(backup.files, "file")}`;
  return (
    <form onSubmit={submit} className={classes["form"]}>
      <fieldset className={classes["levels"]}>
        <legend>How far should it be proven?</legend>
        <Level name="Read every byte" level="L2" chosen={level} onChoose={setLevel}>
          Reads back {bytes} and compares them with the manifest. Takes reading time on the store, and nothing else.
        </Level>
        <Level name="Restore into a throw-away rank and scan" level="L3" chosen={level} onChoose={setLevel}>
          Reads every byte, then restores the backup beside the cluster, scans every table in full and compares rows and
          contents. Takes {formatBytes(backup.sizeBytes)} of disk, and memory and processor time of the host, until it
          is done.
        </Level>
      </fieldset>
      <p className="quiet">
        Nothing is changed: the cluster goes on, its data and the backup stay as they are. What differs makes the backup
        suspect.
      </p>
      {start.error !== null && <RefusalNote error={start.error} />}
      <div className={classes["buttons"]}>
        <Button variant="default" onClick={onClose}>
          Leave it
        </Button>
        <ActionButton availability={verify} look="primary" busy={start.isPending} onAct={() => start.mutate({ level })}>
          Start verification
        </ActionButton>
      </div>
    </form>
  );
}

type LevelProps = {
  readonly name: string;
  readonly level: "L2" | "L3";
  readonly chosen: "L2" | "L3";
  readonly onChoose: (level: "L2" | "L3") => void;
  /** What it does and costs. */
  readonly children: ReactNode;
};

function Level({ name, level, chosen, onChoose, children }: LevelProps) {
  const isChosen = level === chosen;
  const id = useId();
  return (
    <label className={classes["level"]} data-chosen={isChosen}>
      <input
        type="radio"
        name="level"
        value={level}
        checked={isChosen}
        aria-labelledby={`${id}-name`}
        aria-describedby={`${id}-cost`}
        onChange={() => onChoose(level)}
        {...(isChosen ? { "data-autofocus": true } : {})}
      />
      <span>
        <strong id={`${id}-name`}>
          {name} ({level})
        </strong>
        <span id={`${id}-cost`} className="quiet">
          {children}
        </span>
      </span>
    </label>
  );
}

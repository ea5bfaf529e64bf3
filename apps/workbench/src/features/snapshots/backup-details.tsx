import { Drawer } from "@mantine/core";
import type { Backup } from "@snapdeck/contract/backup";
import type { Cluster } from "@snapdeck/contract/cluster";
import type { BackupId } from "@snapdeck/contract/scalars";
import type { ReactNode } from "react";
import { ActionButton } from "../../components/action-button.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { Age } from "../../format/age.tsx";
import { formatBytes } from "../../format/bytes.ts";
import { formatDuration } from "../../format/duration.ts";
import { formatMoment } from "../../format/moment.ts";
import { formatCount } from "../../format/rows.ts";
import { useNow } from "../../format/use-now.ts";
import classes from "./backup-details.module.css";
import { backupName } from "./backup-name.ts";
import { ProofList } from "./proof-list.tsx";
import { SuspectNote } from "./suspect-note.tsx";
import { useBackup } from "./use-backup.ts";
import { useRowAvailability } from "./use-row-availability.ts";

type Props = {
  readonly cluster: Cluster;
  readonly backupId: BackupId;
  readonly opened: boolean;
  readonly onVerify: () => void;
  readonly onClose: () => void;
};

/** Everything that is known of one backup. */
export function BackupDetails({ cluster, backupId, opened, onVerify, onClose }: Props) {
  const backup = useBackup(cluster.id, backupId);
  const nowMs = useNow(60_000);
  const title = backup.data === undefined ? `Backup ${backupId}` : capitalized(backupName(backup.data, nowMs));
  return (
    <Drawer opened={opened} onClose={onClose} title={title} position="right" size={480}>
      {backup.data === undefined && backup.error !== null && (
        <ProblemNote error={backup.error} onRetry={() => void backup.refetch()} />
      )}
      {backup.data?.suspect !== undefined && (
        <SuspectNote suspect={backup.data.suspect}>
          <p>
            Take a new backup while the cluster holds its data, and look at the disk of the store. A proof at least as
            searching that finds nothing lifts the suspicion: verify it again once the store is mended. Until then it is
            restored only for a reason that an admin types.
          </p>
        </SuspectNote>
      )}
      {backup.data !== undefined && <Facts cluster={cluster} backup={backup.data} onVerify={onVerify} />}
    </Drawer>
  );
}

type FactsProps = Pick<Props, "cluster" | "onVerify"> & { readonly backup: Backup };

function Facts({ cluster, backup, onVerify }: FactsProps) {
  const availability = useRowAvailability(backup, cluster);
  return (
    <dl className={classes["facts"]}>
      <Fact name="Taken">
        {formatMoment(backup.takenAt)}{" "}
        <Quiet>
          (<Age at={backup.takenAt} />)
        </Quiet>
      </Fact>
      <Fact name="Completed">
        {formatMoment(backup.completedAt)} <Quiet>after {formatDuration(backup.tookMs)}</Quiet>
      </Fact>
      <Fact name="Asked for by">{backup.requestedBy}</Fact>
      <Fact name="Proof">
        <ProofList backup={backup} />
        <div className={classes["verify"]}>
          <ActionButton availability={availability.verify} onAct={onVerify}>
            Verify…
          </ActionButton>
        </div>
      </Fact>
      <Fact name="Size">
        {formatBytes(backup.sizeBytes)} <Quiet>{formatCount(backup.sizeBytes)} bytes</Quiet>
      </Fact>
      <Fact name="Rows">{formatCount(backup.rows)}</Fact>
      <Fact name="Databases">{formatCount(backup.databases)}</Fact>
      <Fact name="Tables">{formatCount(backup.tables)}</Fact>
      <Fact name="Files">{formatCount(backup.files)}</Fact>
      <Fact name="Ranks">{formatCount(backup.ranks)}</Fact>
      <Fact name="Engine version">{backup.engineVersion}</Fact>
      <Fact name="Backup id">
        <Copied text={backup.id} label="Copy backup id" />
      </Fact>
      <Fact name="Manifest SHA-256">
        <Copied text={backup.manifestSha256} label="Copy manifest SHA-256" />
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={classes["fact"]}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Quiet({ children }: { readonly children: ReactNode }) {
  return <span className={`quiet ${classes["together"]}`}>{children}</span>;
}

function Copied({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <span className={classes["copied"]}>
      <code>{text}</code>
      <CopyButton text={text} label={label} />
    </span>
  );
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

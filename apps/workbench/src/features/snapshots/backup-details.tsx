import { Drawer } from "@mantine/core";
import type { Backup } from "@snapdeck/contract/backup";
import type { BackupId, ClusterId } from "@snapdeck/contract/scalars";
import type { ReactNode } from "react";
import { CopyButton } from "../../components/copy-button.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import { StateBadge } from "../../components/state-badge.tsx";
import { Age } from "../../format/age.tsx";
import { formatBytes } from "../../format/bytes.ts";
import { formatDuration } from "../../format/duration.ts";
import { formatMoment } from "../../format/moment.ts";
import { formatCount } from "../../format/rows.ts";
import { useNow } from "../../format/use-now.ts";
import classes from "./backup-details.module.css";
import { backupName } from "./backup-name.ts";
import { proofWords } from "./proof-words.ts";
import { useBackup } from "./use-backup.ts";

type Props = {
  readonly clusterId: ClusterId;
  readonly backupId: BackupId;
  readonly opened: boolean;
  readonly onClose: () => void;
};

/** Everything that is known of one backup. */
export function BackupDetails({ clusterId, backupId, opened, onClose }: Props) {
  const backup = useBackup(clusterId, backupId);
  const nowMs = useNow(60_000);
  const title = backup.data === undefined ? `Backup ${backupId}` : capitalized(backupName(backup.data, nowMs));
  return (
    <Drawer opened={opened} onClose={onClose} title={title} position="right" size={480}>
      {backup.data === undefined && backup.error !== null && (
        <ProblemNote error={backup.error} onRetry={() => void backup.refetch()} />
      )}
      {backup.data !== undefined && <Facts backup={backup.data} />}
    </Drawer>
  );
}

function Facts({ backup }: { readonly backup: Backup }) {
  const proof = proofWords(backup.proof.level);
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
        <StateBadge tone="proven" word={`${proof.word} (${backup.proof.level})`} />{" "}
        <Quiet>
          <Age at={backup.proof.provenAt} />
        </Quiet>
        <p className={classes["sentence"]}>{proof.sentence}</p>
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

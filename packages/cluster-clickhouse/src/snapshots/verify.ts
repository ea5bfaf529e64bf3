import type { DatabaseBackupInfo, DatabaseBackupName } from "@snapdeck/contract/database-backup";
import type { Evidence } from "@snapdeck/contract/job";
import type { ProofFault } from "@snapdeck/contract/proof";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Work, WorkOrder, WorkReport } from "@snapdeck/core/ports/cluster";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import type { VerifySnapshotsRequest } from "@snapdeck/core/ports/database-backups";
import { chainOf } from "@snapdeck/core/snapshots/lineage";
import type { ClusterParts } from "../cluster-parts.ts";
import { whileMoving } from "../while-moving.ts";
import { noSuchBackup } from "./no-such-backup.ts";
import { readSnapshotsBack } from "./read-snapshot-back.ts";
import type { SnapshotToRead } from "./snapshot-places.ts";
import { refuseFaulty } from "./verify-faults.ts";

export type VerifySnapshotsOrder = VerifySnapshotsRequest & WorkOrder & { readonly requestedBy: string };

/** A backup whose lists were read. */
type Listed = {
  readonly snapshots: readonly SnapshotToRead[];
  readonly faults: readonly ProofFault[];
  readonly objects: number;
  readonly rows: number;
  readonly isSigned: boolean;
};

/**
 * Reads every byte of the snapshots back (L2). It changes nothing, so one that is taken up starts over. A backup that another console signed
 * is read, too: then its files are compared with what it says of itself.
 */
export async function* verifySnapshots(
  parts: ClusterParts,
  { store, backups, snapshotId }: VerifySnapshotsOrder,
  signal: AbortSignal,
): Work {
  yield { type: "phase", phase: "reading" };
  const listed = new Map<DatabaseBackupName, Listed>();
  for (const backup of backups) {
    if (signal.aborted) break;
    const read = whileMoving((moved) => readLists(store, backup, snapshotId, moved));
    listed.set(backup, yield* backups.length === 1 ? read : orUnreadable(backup, read));
  }
  const all = [...listed.values()];
  const snapshots = all.flatMap((each) => each.snapshots);
  const found = signal.aborted ? undefined : yield* readSnapshotsBack(parts, store.files, snapshots, signal);
  if (found === undefined) {
    yield { type: "stopped" };
    return;
  }
  const faulty = [...listed].map(([backup, { faults, snapshots: read }]) => {
    const own = [...faults, ...found.filter(({ subject }) => subject.startsWith(`${backup}/`))];
    return { backup, faults: own, snapshots: read };
  });
  await refuseFaulty(
    store,
    faulty.filter(({ faults }) => faults.length > 0),
  );
  const others = [...listed].filter(([, { isSigned }]) => !isSigned).map(([backup]) => backup);
  yield { type: "confirmed", evidence: evidenceOf([...listed.keys()], all, snapshotId, others) };
}

/** @throws {SnapdeckError} `backup-not-found`, `snapshot-not-found`, `backup-unusable` when it cannot be read at all */
async function readLists(
  store: DatabaseBackupStore,
  backup: DatabaseBackupName,
  snapshotId: number | undefined,
  moved: () => void,
): Promise<Listed> {
  const read = await store.read(backup);
  if (read === undefined) throw noSuchBackup({ store, backup });
  const { info, isSigned } = read;
  const wanted = snapshotId === undefined ? info.snapshots : chainOf(info.snapshots, snapshotId);
  const faults: ProofFault[] = [];
  const snapshots: SnapshotToRead[] = [];
  const definitions = await faultless(faults, `${backup}/${backup}.mdb`, () => store.definitions(info));
  for (const { id } of wanted) {
    moved();
    const snapshot = await faultless(faults, `${backup}/${id}`, () => readSnapshot(store, info, id));
    if (snapshot !== undefined) snapshots.push(snapshot);
  }
  const objects = wanted.reduce((sum, { id }) => sum + (definitions?.bySnapshot.get(id)?.length ?? 0), 0);
  return { snapshots, faults, objects, rows: wanted.reduce((sum, { rows }) => sum + rows, 0), isSigned };
}

/** One of several that cannot be read at all is told with the faults of the others. */
async function* orUnreadable(
  backup: DatabaseBackupName,
  read: AsyncGenerator<WorkReport, Listed>,
): AsyncGenerator<WorkReport, Listed> {
  try {
    return yield* read;
  } catch (thrown) {
    if (!(thrown instanceof SnapdeckError) || thrown.code !== "backup-unusable") throw thrown;
    const fault: ProofFault = { subject: backup, fault: "unreadable", detail: `cannot be read: ${thrown.detail}` };
    return { snapshots: [], faults: [fault], objects: 0, rows: 0, isSigned: true };
  }
}

async function readSnapshot(store: DatabaseBackupStore, info: DatabaseBackupInfo, id: number): Promise<SnapshotToRead> {
  const chain = chainOf(info.snapshots, id);
  const snapshot = (await store.view(info, [id])).snapshots.get(id);
  if (snapshot === undefined) throw new Error(`snapshot ${id} was read and is not there`);
  return { backup: info.name, chain, ...snapshot };
}

/** A list that is not what the info speaks of is a fault like any other, and the rest is read all the same. */
async function faultless<T>(faults: ProofFault[], subject: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (!(thrown instanceof SnapdeckError) || thrown.code !== "backup-unusable") throw thrown;
    faults.push({ subject, fault: "bytes", detail: thrown.detail ?? thrown.message });
    return undefined;
  }
}

function evidenceOf(
  backups: readonly DatabaseBackupName[],
  listed: readonly Listed[],
  snapshotId: number | undefined,
  others: readonly DatabaseBackupName[],
): Evidence {
  const files = listed.flatMap(({ snapshots }) => snapshots).flatMap((snapshot) => snapshot.files);
  const newest = listed[0]?.snapshots.find(({ chain: [{ id }] }) => id === snapshotId)?.chain[0].id;
  return {
    kind: "database-backup",
    deed: "verify",
    backups: [...backups],
    ...(newest === undefined ? {} : { snapshotId: newest }),
    removed: 0,
    objects: listed.reduce((sum, { objects }) => sum + objects, 0),
    rows: listed.reduce((sum, { rows }) => sum + rows, 0),
    files: files.length,
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    ...(others.length === 0
      ? {}
      : {
          warning: `this console did not sign ${others.join(", ")}: the files are what it says of itself, and nobody knows who said it`,
        }),
  };
}

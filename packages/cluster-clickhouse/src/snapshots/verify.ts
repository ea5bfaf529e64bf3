import type { DatabaseBackupInfo, DatabaseBackupName } from "@snapdeck/contract/database-backup";
import type { Evidence } from "@snapdeck/contract/job";
import type { ProofFault } from "@snapdeck/contract/proof";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Work, WorkOrder } from "@snapdeck/core/ports/cluster";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import type { VerifySnapshotsRequest } from "@snapdeck/core/ports/database-backups";
import { chainOf } from "@snapdeck/core/snapshots/lineage";
import type { ClusterParts } from "../cluster-parts.ts";
import { whileMoving } from "../while-moving.ts";
import { notThere } from "./drop.ts";
import { readSnapshotsBack, refuseFaults } from "./read-snapshot-back.ts";
import type { SnapshotToRead } from "./snapshot-places.ts";

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
    listed.set(backup, yield* whileMoving((moved) => readLists(store, backup, snapshotId, moved)));
  }
  const all = [...listed.values()];
  const snapshots = all.flatMap((each) => each.snapshots);
  const found = signal.aborted ? undefined : yield* readSnapshotsBack(parts, store.files, snapshots, signal);
  if (found === undefined) {
    yield { type: "stopped" };
    return;
  }
  for (const [backup, { faults }] of listed) {
    const own = [...faults, ...found.filter(({ subject }) => subject.startsWith(`${backup}/`))];
    refuseFaults(backup, own, "snapshots that need them cannot be restored, and the cluster's data is not affected");
  }
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
  if (read === undefined) throw notThere(store, backup);
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

import { lookup } from "node:dns/promises";
import type { SnapshotInfo } from "@snapdeck/contract/database-backup";
import type { ObjectDefinition } from "@snapdeck/contract/database-object";
import type { SnapshotFile, SnapshotFolder, SnapshotId } from "@snapdeck/contract/snapshot-file";
import type { ReadInfo } from "@snapdeck/core/ports/database-backup-store";
import { keptBy } from "@snapdeck/core/snapshots/locate-part";
import { type BackupHead, type NewSnapshot, planAddition, planCreation } from "@snapdeck/core/snapshots/plan-addition";
import type { DefinitionsOfSnapshot, PlanStep } from "@snapdeck/core/snapshots/plan-steps";
import { readVersion } from "../catalog.ts";
import type { ClusterParts } from "../cluster-parts.ts";
import type { TakeOrder } from "./take-attempt.ts";
import { baseOf, type TakeIntent } from "./take-intent.ts";

/** A snapshot that is written and proven, and that nothing lists yet. */
export type ProvenSnapshot = {
  readonly id: SnapshotId;
  readonly startedAt: string;
  readonly folders: readonly SnapshotFolder[];
  readonly files: readonly SnapshotFile[];
  readonly definitions: readonly ObjectDefinition[];
  readonly level: "L1" | "L2";
};

/** The steps that list a snapshot, and what must stand as info when they begin. */
export type Listing = { readonly steps: readonly PlanStep[]; readonly standing: ReadInfo["standing"] | undefined };

/** @throws {SnapdeckError} `backup-unusable`, `cluster-unreachable`, `store-unavailable` */
export async function planListing(
  parts: ClusterParts,
  order: TakeOrder,
  intent: TakeIntent,
  proven: ProvenSnapshot,
): Promise<Listing> {
  const { store, backup } = order;
  const snapshot = await newSnapshot(parts, order, intent, proven);
  const own: DefinitionsOfSnapshot = { snapshotId: proven.id, definitions: proven.definitions };
  const { read } = intent;
  const head = headOf(parts, order);
  if (read === undefined) {
    if (head === undefined) throw new Error("only a full snapshot begins a backup");
    return { steps: await planCreation(head, snapshot, [own], store.stamper), standing: undefined };
  }
  const { bySnapshot, standing } = await store.definitions(read.info);
  const view = { info: read.info, definitions: standing, folders: await store.files.folders(backup) };
  // With RECREATE too: the others stay listed, and restorable, until this one is.
  const others = read.info.snapshots.map(
    ({ id }): DefinitionsOfSnapshot => ({ snapshotId: id, definitions: bySnapshot.get(id) ?? [] }),
  );
  const instead = head && { head, because: "recreate" as const, at: parts.clock() };
  const steps = await planAddition(view, snapshot, [...others, own], store.stamper, instead);
  return { steps, standing: read.standing };
}

/** What the backup is from now on; undefined for a snapshot that leaves it as it is. */
function headOf(parts: ClusterParts, order: TakeOrder): BackupHead | undefined {
  if (order.type !== "full") return undefined;
  const { ddl, objects, options, requestedBy } = order;
  return {
    name: order.backup,
    ddl,
    createdAt: parts.clock(),
    createdBy: requestedBy,
    objects: [...objects],
    options: { ...options },
  };
}

async function newSnapshot(
  parts: ClusterParts,
  order: TakeOrder,
  intent: TakeIntent,
  { id, startedAt, folders, files, definitions, level }: ProvenSnapshot,
): Promise<NewSnapshot> {
  const base = baseOf(intent);
  const kept = [...keptBy([{ id }, ...(intent.base?.chain ?? [])], files).values()];
  const provenAt = parts.clock();
  return {
    files,
    info: {
      id,
      kind: intent.kind,
      ...(base === undefined ? {} : { baseId: base.id }),
      startedAt,
      durationMs: Math.max(0, Date.parse(provenAt) - Date.parse(startedAt)),
      ...(await whoTookIt(parts, intent)),
      requestedBy: order.requestedBy,
      jobId: order.jobId,
      ddlOnly: intent.options.ddlOnly,
      ...(order.comment === undefined ? {} : { comment: order.comment }),
      kept: { files: kept.length, sizeBytes: kept.reduce((sum, size) => sum + size, 0) },
      rows: definitions.reduce((sum, { rows }) => sum + (rows ?? 0), 0),
      proof: { level, provenAt },
      folders: [...folders],
    },
  };
}

/** The server that made it is that of the first rank. */
async function whoTookIt(
  parts: ClusterParts,
  { catalogs }: TakeIntent,
): Promise<Pick<SnapshotInfo, "clusterId" | "hostName" | "hostAddress" | "engine">> {
  const [first] = catalogs;
  if (first === undefined) throw new Error("a cluster has ranks");
  const { version, host } = await readVersion(first.client);
  // A name that resolves no more says where it was all the same.
  const hostAddress = await lookup(first.client.hostname).then(
    ({ address }) => address,
    () => first.client.hostname,
  );
  return { clusterId: parts.id, hostName: host, hostAddress, engine: { name: "ClickHouse", version } };
}

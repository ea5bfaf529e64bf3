import { randomUUID } from "node:crypto";
import type { DatabaseBackupInfo } from "@snapdeck/contract/database-backup";
import type { SnapshotId } from "@snapdeck/contract/snapshot-file";
import type { BackupPlace } from "@snapdeck/core/ports/database-backups";
import { toMerge } from "@snapdeck/core/snapshots/choose-removals";
import { planMerge } from "@snapdeck/core/snapshots/plan-merge";
import type { PlanStep } from "@snapdeck/core/snapshots/plan-steps";
import { nextSnapshotId } from "@snapdeck/core/snapshots/snapshot-id";
import type { ClusterParts } from "../cluster-parts.ts";
import { checkChain } from "./check-chain.ts";
import { usedIds } from "./used-ids.ts";

export type MergePlan = {
  readonly id: SnapshotId;
  readonly level: "L1" | "L2";
  /** How many snapshots it takes the place of. */
  readonly removed: number;
  readonly objects: number;
  /** The same steps each time, but for when the new snapshot says that it was proven. */
  steps(provenAt: string): Promise<PlanStep[]>;
};

type Asked = BackupPlace & {
  readonly jobId: Parameters<typeof planMerge>[1]["facts"]["jobId"];
  readonly requestedBy: string;
  readonly comment?: string | undefined;
};

/**
 * Looks whether the newest snapshot and all that it builds on are whole, and plans a full one that equals it.
 * @throws {SnapdeckError} `nothing-to-merge`, `backup-unusable`
 */
export async function prepareMerge(
  { clock, id: clusterId }: Pick<ClusterParts, "clock" | "id">,
  asked: Asked,
  info: DatabaseBackupInfo,
  moved?: () => void,
): Promise<MergePlan> {
  const { store, jobId, requestedBy, comment } = asked;
  const newestId = toMerge(info.snapshots).at(-1);
  if (newestId === undefined) throw new Error("the backup holds no snapshot");
  const {
    chain: [newest],
    view,
  } = await checkChain(asked, info, newestId, moved);
  const { bySnapshot } = await store.definitions(info);
  const startedAt = clock();
  const id = nextSnapshotId(Date.parse(startedAt), usedIds(info, view.folders));
  const uuids = newest.folders.map(() => randomUUID());
  const level = info.options.checksum ? "L2" : "L1";
  return {
    id,
    level,
    removed: info.snapshots.length,
    objects: bySnapshot.get(newestId)?.length ?? 0,
    steps: (provenAt) => {
      const left = [...uuids];
      const facts = {
        startedAt,
        durationMs: Math.max(0, Date.parse(provenAt) - Date.parse(startedAt)),
        clusterId,
        hostName: newest.hostName,
        hostAddress: newest.hostAddress,
        requestedBy,
        jobId,
        proof: { level, provenAt },
        ...(comment === undefined ? {} : { comment }),
      } as const;
      const definitions = info.snapshots.map((each) => ({
        snapshotId: each.id,
        definitions: bySnapshot.get(each.id) ?? [],
      }));
      const newUuid = () => left.shift() ?? randomUUID();
      return planMerge(view, { id, facts, definitions, newUuid, at: provenAt }, store.stamper);
    },
  };
}

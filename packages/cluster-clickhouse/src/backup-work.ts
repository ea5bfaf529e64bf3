import type { Evidence } from "@snapdeck/contract/job";
import type { Manifest } from "@snapdeck/contract/manifest";
import type { BackUpOrder, ListedBackup, Work, WorkReport } from "@snapdeck/core/ports/cluster";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import { clearAfter } from "./after-failure.ts";
import { type BackupAttempt, findAttempt, startAttempt } from "./backup-attempt.ts";
import { BackupProgress } from "./backup-progress.ts";
import type { ClusterParts } from "./cluster-parts.ts";
import { follow, type RankOperations } from "./follow.ts";
import { proveRank } from "./l1-proof.ts";
import { isListed, publishManifest, readManifest, signManifest } from "./manifest-file.ts";
import { backupFolder, rankFolderName } from "./paths.ts";
import type { RankWork } from "./rank-work.ts";
import { ifRunning } from "./running-ranks.ts";
import { SeenPatches } from "./seen-patches.ts";
import { backupRoom } from "./store-room.ts";
import { whileMoving } from "./while-moving.ts";

/**
 * Takes a System Backup: copy on all ranks at once, L1 proof, manifest last. See `SystemBackups.backUp` for its promises.
 * A caller that merely stops to listen stops nothing: the engines go on, and the work can be taken up.
 */
export async function* backUp(parts: ClusterParts, order: BackUpOrder, signal: AbortSignal): Work {
  const started: RankWork[] = [];
  try {
    yield* steps(parts, order, signal, started);
  } catch (thrown) {
    const told = await backupRoom(parts).asDiskFull(thrown);
    yield* whileMoving((moved) => clearAfter(thrown, order, () => clearAway(parts, order, started, moved)));
    throw told;
  }
}

async function* steps(
  parts: ClusterParts,
  order: BackUpOrder,
  signal: AbortSignal,
  started: RankWork[],
): AsyncGenerator<WorkReport, void> {
  if (order.takeUp) {
    await order.checkFence();
    await parts.store.sweep(backupFolder(parts.id, order.backupId));
  }
  if (order.takeUp && (await isListed(parts.store, parts.id, order.backupId))) {
    yield confirmed(await readManifest(parts.store, parts.id, order.backupId));
    return;
  }
  yield { type: "phase", phase: "preparing" };
  if (signal.aborted && !order.takeUp) {
    yield { type: "stopped" };
    return;
  }
  const attempt = await (order.takeUp
    ? ifRunning(() => findAttempt(parts, order, started))
    : startAttempt(parts, order, started));
  if (attempt === undefined) {
    await order.checkFence();
    yield* whileMoving((moved) => clearAway(parts, order, started, moved));
    yield signal.aborted ? { type: "stopped" } : { type: "lost", detail: NOTHING_KNOWN };
    return;
  }
  const copied = yield* copy(parts, attempt, signal);
  await failpoint("backup.afterAck");
  const manifest = copied && (yield* prove(parts, order, attempt, copied, signal));
  if (manifest === undefined || signal.aborted) {
    await order.checkFence();
    yield* whileMoving((moved) => clearAway(parts, order, started, moved));
    yield { type: "stopped" };
    return;
  }
  yield { type: "phase", phase: "listing" };
  await failpoint("backup.beforeManifest");
  await order.checkFence();
  const manifestSha256 = await publishManifest(parts.store, manifest);
  await failpoint("backup.afterManifest");
  yield confirmed({ manifest, manifestSha256 });
}

const NOTHING_KNOWN =
  "no rank knows of this backup any more; what it had written was removed, it is not listed, and the cluster's data is not affected";

type Copied = { readonly operations: RankOperations; readonly patches: SeenPatches };

async function* copy(
  parts: ClusterParts,
  attempt: BackupAttempt,
  signal: AbortSignal,
): AsyncGenerator<WorkReport, Copied | undefined> {
  const progress = new BackupProgress(new Map(attempt.plans.map(({ rank, plannedBytes }) => [rank, plannedBytes])));
  const following = follow(attempt.works, parts.settings.pollMs, signal);
  const room = backupRoom(parts).watch();
  const patches = new SeenPatches(attempt.works);
  let isCopying = false;
  for (;;) {
    const step = await following.next();
    if (step.done) return step.value && { operations: step.value, patches };
    await patches.look(step.value);
    room.look();
    if (!isCopying && BackupProgress.isCopying(step.value)) {
      isCopying = true;
      yield { type: "phase", phase: "copying" };
    }
    if (isCopying) yield { type: "progress", ranks: progress.after(step.value) };
  }
}

/** Answers the signed manifest, or undefined when `signal` aborted before it was done. */
async function* prove(
  parts: ClusterParts,
  order: BackUpOrder,
  attempt: BackupAttempt,
  { operations, patches }: Copied,
  signal: AbortSignal,
): AsyncGenerator<WorkReport, Manifest | undefined> {
  yield { type: "phase", phase: "proving" };
  const folder = backupFolder(parts.id, order.backupId);
  await failpoint("backup.beforeSync");
  // Durable first, then measured: a size that is read afterwards is that of what survives.
  yield* whileMoving((moved) => parts.store.sync(`${folder}/${attempt.name}`, moved));
  const ranks: Manifest["ranks"] = [];
  for (const plan of attempt.plans) {
    if (signal.aborted) return undefined;
    const operation = operations.get(plan.rank);
    const work = attempt.works.find(({ rank }) => rank === plan.rank);
    if (operation === undefined || work === undefined) throw new Error(`rank ${plan.rank} has no finished operation`);
    const rankFolder = rankFolderName(attempt.name, plan.rank);
    const proven = await proveRank(parts.store, `${folder}/${rankFolder}`, {
      operation,
      engines: plan.engines,
      patches: await patches.of(work),
    });
    ranks.push({
      rank: plan.rank,
      folder: rankFolder,
      databases: [...proven.databases],
      tables: [...proven.tables],
      definitions: plan.definitions,
      ...(plan.leftOut.length === 0 ? {} : { leftOut: plan.leftOut }),
      files: [...proven.files],
      sizeBytes: proven.sizeBytes,
    });
  }
  await failpoint("backup.afterProof");
  await backupRoom(parts).assertFloor();
  const completedAt = parts.clock();
  return signManifest(parts.sealer, {
    format: "snapdeck-system-backup/1",
    backupId: order.backupId,
    clusterId: parts.id,
    clusterName: parts.name,
    engine: { name: "ClickHouse", version: attempt.plans[0]?.version ?? "unknown" },
    jobId: order.jobId,
    requestedBy: order.requestedBy,
    takenAt: attempt.takenAt,
    completedAt,
    tookMs: Math.max(0, Date.parse(completedAt) - Date.parse(attempt.takenAt)),
    ranks,
    proof: { level: "L1", provenAt: completedAt, failedWrites: 0 },
  });
}

/** Ends what runs, then removes what it wrote; a listed backup stays. */
async function clearAway(
  parts: ClusterParts,
  order: BackUpOrder,
  started: readonly RankWork[],
  moved: () => void,
): Promise<void> {
  await Promise.all(started.map((work) => work.stop()));
  if (await isListed(parts.store, parts.id, order.backupId)) return;
  await parts.store.removeAll(backupFolder(parts.id, order.backupId), moved);
}

function confirmed({ manifest, manifestSha256 }: Omit<ListedBackup, "proofs">): WorkReport {
  const evidence: Evidence = {
    kind: "backup",
    backupId: manifest.backupId,
    manifestSha256,
    sizeBytes: manifest.ranks.reduce((sum, rank) => sum + rank.sizeBytes, 0),
    files: manifest.ranks.reduce((sum, rank) => sum + rank.files.length, 0),
    rows: manifest.ranks.flatMap((rank) => rank.tables).reduce((sum, table) => sum + (table.rows ?? 0), 0),
  };
  return { type: "confirmed", evidence };
}

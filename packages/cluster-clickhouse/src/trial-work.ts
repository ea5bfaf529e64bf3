import type { HostTrial } from "@snapdeck/contract/host";
import type { Manifest } from "@snapdeck/contract/manifest";
import type { ProofFault } from "@snapdeck/contract/proof";
import type { JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ListedBackup, VerifyOrder, WorkReport } from "@snapdeck/core/ports/cluster";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import { clearAfter } from "./after-failure.ts";
import type { ClusterParts } from "./cluster-parts.ts";
import { faultOfEngine } from "./engine-fault.ts";
import type { RankOperations } from "./follow.ts";
import type { HostClient } from "./host-client.ts";
import { hostOrder } from "./host-restore.ts";
import { verifySignature } from "./manifest-file.ts";
import { RankClients } from "./rank-clients.ts";
import { pairRanks, type RankPair, rowsWorks, startRestore, watchRows } from "./rank-restore.ts";
import { checkStore } from "./restore-check.ts";
import { filledBytes, leastFreeBytes, spaceFor } from "./restore-plan.ts";
import { RestoreProgress } from "./restore-progress.ts";
import { dataRoomWatch, type RoomWatch } from "./room-watch.ts";
import { hostOf, patiently } from "./transition-work.ts";
import { compareTrial, type TrialFindings } from "./trial-compare.ts";
import { awaitTrial, discardTrial, lookAtTrial } from "./trial-host.ts";
import { inLeg } from "./trial-progress.ts";

/**
 * What L3 does beyond L2: restores the backup into throw-away ranks with the statements of a restore, scans every table in full,
 * compares, and removes it all. Answers what it found; undefined when `signal` aborted. What an earlier process left of this job's
 * trial is removed first: a trial that nobody watched is not gone on with.
 * @throws {SnapdeckError} what says nothing of the backup: `disk-full`, `cluster-busy`, `rank-lost`, `no-progress`, `not-supported`, ...
 */
export async function* tryOut(
  parts: ClusterParts,
  order: VerifyOrder,
  listed: ListedBackup,
  signal: AbortSignal,
): AsyncGenerator<WorkReport, TrialFindings | undefined> {
  const host = hostOf(parts);
  const { manifest } = listed;
  await assertTrialsPossible(parts, manifest, order.jobId);
  await verifySignature(parts.sealer, manifest);
  await checkStore(parts, manifest);
  if (signal.aborted) return undefined;
  yield { type: "phase", phase: "restoring" };
  await order.checkFence();
  await failpoint("verify.beforeTrial");
  try {
    await discardTrial(parts, host, order.jobId);
    await patiently(() => host.openTrial({ ...hostOrder(order), neededBytes: filledBytes(manifest) }));
    const ready = await awaitTrial(parts, host, order.jobId, signal);
    // Once more, for a restore that was opened meanwhile: now each of the two knows of the other.
    await assertTrialsPossible(parts, manifest, order.jobId);
    const found = ready && (yield* fillAndCompare(parts, host, order, listed, ready, signal));
    await failpoint("verify.beforeDiscard");
    await order.checkFence();
    await discardTrial(parts, host, order.jobId);
    return found;
  } catch (thrown) {
    await clearAfter(thrown, order, () => discardTrial(parts, host, order.jobId));
    throw thrown;
  }
}

/**
 * Removes what an unfinished verification left. A cluster that has no host manager never had a trial.
 * @throws {SnapdeckError} `host-unreachable`
 */
export async function discardVerification(parts: ClusterParts, jobId: JobId): Promise<void> {
  if (parts.host !== undefined) await discardTrial(parts, parts.host, jobId);
}

async function* fillAndCompare(
  parts: ClusterParts,
  host: HostClient,
  order: VerifyOrder,
  listed: ListedBackup,
  ready: HostTrial,
  signal: AbortSignal,
): AsyncGenerator<WorkReport, TrialFindings | undefined> {
  const clients = new RankClients(() => host.trialEndpoints(order.jobId));
  const room = dataRoomWatch(parts, host, "the trial", "nothing was learned of the backup");
  try {
    const pairs = await pairRanks(clients, listed.manifest);
    const filled = yield* fill(parts, host, order, listed.manifest, { pairs, clients, ready, room }, signal);
    if (filled === "aborted") return undefined;
    if (filled !== "filled") return { tables: [], faults: [filled] };
    await failpoint("verify.afterRestored");
    yield { type: "phase", phase: "comparing" };
    const comparing = compareTrial(parts, host, order, listed, pairs, signal);
    for (let step = await comparing.next(); ; step = await comparing.next()) {
      if (step.done) {
        if (step.value === undefined) return undefined;
        await failpoint("verify.afterScan");
        if (step.value.faults.length > 0) await assertRoomLeft(parts, host);
        return step.value;
      }
      room.look();
      yield step.value;
    }
  } catch (thrown) {
    if (signal.aborted) return undefined;
    throw asLostRank(thrown);
  } finally {
    await clients.close();
  }
}

/** Restores into the trial's ranks. Answers the fault when the engine refuses to restore what it wrote itself. */
async function* fill(
  parts: ClusterParts,
  host: HostClient,
  order: VerifyOrder,
  manifest: Manifest,
  trial: { pairs: readonly RankPair[]; clients: RankClients; ready: HostTrial; room: RoomWatch },
  signal: AbortSignal,
): AsyncGenerator<WorkReport, "filled" | "aborted" | ProofFault> {
  const { pairs, clients, ready, room } = trial;
  const look = () => {
    room.look();
    return lookAtTrial(host, order.jobId);
  };
  let operations: RankOperations | undefined;
  try {
    if (!(await startRestore(parts, order, manifest, pairs, clients, signal))) return "aborted";
    const works = rowsWorks(parts, order, pairs, clients);
    const progress = new RestoreProgress(manifest, ready);
    const watching = watchRows(parts, look, progress, works, signal);
    for (let step = await watching.next(); ; step = await watching.next()) {
      if (step.done) {
        operations = step.value;
        break;
      }
      yield inLeg(1, step.value);
    }
  } catch (thrown) {
    if (signal.aborted) return "aborted";
    const detail = faultOfEngine(thrown);
    await assertRoomLeft(parts, host);
    return { subject: ".backup", fault: "restore", detail };
  }
  if (operations === undefined) return "aborted";
  for (const [rank, { failedWrites }] of operations) assertWritten(rank, failedWrites);
  await assertRoomLeft(parts, host);
  return "filled";
}

/**
 * Whether that backup can be tried out here now, as far as that can be told before it is read.
 * @throws {SnapdeckError} `not-supported`, `disk-full`, `host-unreachable`
 */
export async function assertTrialsPossible(parts: ClusterParts, manifest: Manifest, jobId: JobId): Promise<void> {
  const host = hostOf(parts);
  const status = await patiently(() => host.status());
  if (manifest.ranks.length !== status.ranks.length) {
    throw new SnapdeckError(
      "not-supported",
      `the backup was taken from ${manifest.ranks.length} ranks and cluster ${parts.name} has ${status.ranks.length}: no trial of it can be had here`,
      { hint: "Verify at level L2, which only reads the store." },
    );
  }
  const { neededBytes, freeBytes } = spaceFor(parts, manifest, status, jobId);
  if (freeBytes >= neededBytes) return;
  throw new SnapdeckError(
    "disk-full",
    `the trial needs ${neededBytes} bytes beside the present data and there are ${freeBytes} that nothing else needs; nothing was restored, and nothing was learned of the backup`,
    { hint: "Free some space where the cluster's data lives, or verify at level L2, which only reads the store." },
  );
}

function assertWritten(rank: number, failedWrites: number): void {
  if (failedWrites === 0) return;
  throw new SnapdeckError(
    "engine-failed",
    `throw-away rank ${rank} counted ${failedWrites} failed writes: its disk is at fault, and nothing was learned of the backup`,
    { hint: "Check the disk where the cluster's data lives, and its free space." },
  );
}

/** A disk that ran full may have lost writes that were counted nowhere: then what is missing or wrong is not the backup's fault. */
async function assertRoomLeft(parts: ClusterParts, host: HostClient): Promise<void> {
  const freeBytes = leastFreeBytes(await patiently(() => host.status()));
  if (freeBytes >= parts.settings.floorBytes) return;
  throw new SnapdeckError(
    "disk-full",
    `the trial left ${freeBytes} bytes free, too few to trust what it wrote; nothing was learned of the backup`,
    { hint: "Free some space where the cluster's data lives, then verify again." },
  );
}

function asLostRank(thrown: unknown): unknown {
  if (!(thrown instanceof SnapdeckError) || thrown.code !== "cluster-unreachable") return thrown;
  return new SnapdeckError("rank-lost", `a throw-away rank was lost: ${thrown.detail}; no data was touched`, {
    hint: "Look at the host manager's log, then verify again.",
    cause: thrown,
  });
}

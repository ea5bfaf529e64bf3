import type { Suspect } from "@snapdeck/contract/backup";
import type { HostRestore } from "@snapdeck/contract/host";
import type { ProofFault } from "@snapdeck/contract/proof";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { standingOf } from "@snapdeck/core/backups/proof-standing";
import { suspectWords } from "@snapdeck/core/backups/suspect-words";
import type { ListedBackup, RestoreOrder, WorkReport } from "@snapdeck/core/ports/cluster";
import type { ClusterParts } from "./cluster-parts.ts";
import { isExecuted, touchesExecuted } from "./executed-files.ts";
import type { HostClient } from "./host-client.ts";
import { recordProof } from "./proof-file.ts";
import { restoreRanks } from "./rank-restore.ts";
import { ReadBack } from "./read-back.ts";
import { checkExecuted } from "./restore-check.ts";

/**
 * Looks at a backup before the engine may: that every file is there with its size, that those which are executed hold what was
 * signed, and that no proof speaks against it. Answers false when `signal` aborted on the way.
 * @throws {SnapdeckError} `backup-unusable`, `backup-suspect`, `store-unavailable`
 */
export async function lookFirst(
  parts: ClusterParts,
  order: RestoreOrder,
  listed: ListedBackup,
  signal: AbortSignal,
): Promise<boolean> {
  const following = new ReadBack(parts, listed, isExecuted).follow(signal);
  let step = await following.next();
  while (!step.done) step = await following.next();
  if (step.value === undefined) return false;
  await settle(parts, order, listed, step.value);
  await checkExecuted(parts, listed.manifest);
  const { suspect } = standingOf(listed.manifest.proof, listed.proofs);
  if (suspect !== undefined && !order.acceptSuspect) throw refused(listed, suspect, "nothing was restored");
  return true;
}

/**
 * Restores into the maintenance ranks and compares them, and beside that reads every byte of the backup: the engine checks none of
 * them. Answers as `restoreRanks` does. A backup that turns out to be at fault ends the restore as soon as that is known; and one
 * that the engine could not restore is read to its end, so that it is known whether the backup is to blame.
 * @throws {SnapdeckError} `backup-suspect`, `backup-unusable`, and what `restoreRanks` throws
 */
export async function* restoreAndReadBack(
  parts: ClusterParts,
  host: HostClient,
  order: RestoreOrder,
  state: { listed: ListedBackup; ready: HostRestore; isTakenUp: boolean },
  signal: AbortSignal,
): AsyncGenerator<WorkReport, "compared" | "unknown" | "aborted"> {
  const { listed } = state;
  const giveUp = new AbortController();
  const reading = new ReadBack(parts, listed);
  if (!order.acceptSuspect) reading.onFaults(() => giveUp.abort());
  try {
    let progress: WorkReport | undefined;
    let outcome: "compared" | "unknown" | "aborted" = "aborted";
    let failure: unknown;
    try {
      const restoring = restoreRanks(parts, host, order, state, AbortSignal.any([signal, giveUp.signal]));
      for (let step = await restoring.next(); ; step = await restoring.next()) {
        if (step.done) {
          outcome = step.value;
          break;
        }
        if (step.value.type === "progress") progress = step.value;
        yield step.value;
      }
    } catch (thrown) {
      if (!mayBeTheBackup(thrown)) throw thrown;
      failure = thrown;
    }
    if (outcome === "unknown" || signal.aborted) return outcome === "unknown" ? outcome : "aborted";
    const following = reading.follow(signal);
    for (let step = await following.next(); ; step = await following.next()) {
      if (!step.done) {
        // Nothing new is to be told, but that the work goes on.
        if (progress !== undefined) yield progress;
        continue;
      }
      if (step.value === undefined) return "aborted";
      await settle(parts, order, listed, step.value, failure);
      if (failure !== undefined) throw failure;
      // It was read before the engine executed it; who changed it in between must not have had his way.
      if (outcome === "compared") await checkExecuted(parts, listed.manifest);
      return outcome;
    }
  } finally {
    reading.stop();
  }
}

/** What a corrupt backup looks like to the engine, and to who compares what it restored. */
function mayBeTheBackup(thrown: unknown): boolean {
  return thrown instanceof SnapdeckError && (thrown.code === "engine-failed" || thrown.code === "restore-differs");
}

/** Records faults as a failed L2, and refuses the backup unless they were accepted; those in what is executed never are. */
async function settle(
  parts: ClusterParts,
  order: RestoreOrder,
  listed: ListedBackup,
  faults: readonly ProofFault[],
  cause?: unknown,
): Promise<void> {
  if (faults.length === 0) return;
  const { level, provenAt, ...found } = await recordProof(parts, order, listed, { level: "L2", faults });
  const suspect = { level, foundAt: provenAt, faults: found.faults, faultsTotal: found.faultsTotal };
  if (touchesExecuted(listed.manifest, faults)) {
    throw new SnapdeckError(
      "backup-unusable",
      `backup ${listed.manifest.backupId} was changed since it was taken, in what a restore would execute: ${suspectWords(suspect)}; nothing was swapped in, the data is as it was before`,
      { hint: "Find out who wrote to the store; choose another backup.", cause },
    );
  }
  if (!order.acceptSuspect) throw refused(listed, suspect, "nothing was swapped in", cause);
}

function refused({ manifest }: ListedBackup, suspect: Suspect, outcome: string, cause?: unknown): SnapdeckError {
  return new SnapdeckError(
    "backup-suspect",
    `backup ${manifest.backupId} is suspect: ${suspectWords(suspect)}; ${outcome}, the data is as it was before`,
    { hint: "Choose another backup, or have an admin say why this one is restored all the same.", cause },
  );
}

import type { ProofFault, ProofRecord } from "@snapdeck/contract/proof";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { suspectWords } from "@snapdeck/core/backups/suspect-words";
import type { ListedBackup, VerifyOrder, Work, WorkReport } from "@snapdeck/core/ports/cluster";
import type { ClusterParts } from "./cluster-parts.ts";
import { verifySignature } from "./manifest-file.ts";
import { proofsFolder } from "./paths.ts";
import { readListed, recordProof, recordSuffix } from "./proof-file.ts";
import { ReadBack } from "./read-back.ts";
import { inLeg } from "./trial-progress.ts";
import { assertTrialsPossible, tryOut } from "./trial-work.ts";

/**
 * Proves a listed backup again. See `SystemBackups.verify` for its promises. Until its record is written it changes nothing in the
 * store, so one that is taken up starts over, unless its record is there already.
 */
export async function* verify(parts: ClusterParts, order: VerifyOrder, signal: AbortSignal): Work {
  if (order.takeUp) {
    await order.checkFence();
    await parts.store.sweep(proofsFolder(parts.id, order.backupId), recordSuffix(order.jobId));
  }
  const listed = await readListed(parts, order.backupId);
  const known = order.takeUp ? listed.proofs.find(({ jobId }) => jobId === order.jobId) : undefined;
  if (known !== undefined) {
    yield ended(known);
    return;
  }
  await verifySignature(parts.sealer, listed.manifest);
  if (order.level === "L3") await assertTrialsPossible(parts, listed.manifest, order.jobId);
  const faults = yield* readAll(parts, order, listed, signal);
  if (faults === undefined) {
    yield { type: "stopped" };
    return;
  }
  // What reading finds is told as L2, whatever was asked for: reading again is enough to find it mended.
  if (order.level === "L2" || faults.length > 0) {
    yield ended(await recordProof(parts, order, listed, { level: "L2", faults }));
    return;
  }
  const trial = yield* tryOut(parts, order, listed, signal);
  if (trial === undefined) {
    yield { type: "stopped" };
    return;
  }
  yield ended(await recordProof(parts, order, listed, { level: "L3", ...trial }));
}

/** Answers undefined when `signal` aborted before every file was read. */
async function* readAll(
  parts: ClusterParts,
  { level }: VerifyOrder,
  listed: ListedBackup,
  signal: AbortSignal,
): AsyncGenerator<WorkReport, ProofFault[] | undefined> {
  yield { type: "phase", phase: "reading" };
  const following = new ReadBack(parts, listed).follow(signal);
  for (;;) {
    const step = await following.next();
    if (step.done) return step.value;
    const report: WorkReport = { type: "progress", ranks: step.value };
    yield level === "L3" ? inLeg(0, report) : report;
  }
}

/** @throws {SnapdeckError} `proof-failed` when it found faults */
function ended(record: ProofRecord): WorkReport {
  const { backupId, level, provenAt, files, sizeBytes, faults, faultsTotal, tables = [] } = record;
  if (faultsTotal > 0) {
    const found = suspectWords({ level, foundAt: provenAt, faults, faultsTotal });
    throw new SnapdeckError(
      "proof-failed",
      `${found}; backup ${backupId} is suspect from now on, and the cluster's data is not affected`,
      { hint: "Take another backup and look at the store's disk; the backup's page names the files." },
    );
  }
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return {
    type: "confirmed",
    evidence: { kind: "verify-backup", backupId, level, provenAt, files, sizeBytes, rows },
  };
}

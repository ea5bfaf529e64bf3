import type { Proof } from "@snapdeck/contract/proof";
import type { BackupId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { standingOf } from "../backups/proof-standing.ts";
import type { VerifyOrder, WorkOrder } from "../ports/cluster.ts";
import {
  type CheckWorld,
  type ClusterCheck,
  codeOf,
  endOf,
  hold,
  orderOf,
  restore,
  resume,
  suspend,
  takeBackup,
} from "./cluster-check.ts";

const NEVER = new AbortController().signal;

function verifyOrder(
  world: CheckWorld,
  backupId: BackupId,
  level: VerifyOrder["level"],
  changes: Partial<WorkOrder> = {},
): VerifyOrder {
  return { ...orderOf(world.newJobId(), changes), backupId, level };
}

/** How far the backup is proven, as anybody reads it who has the store alone. */
async function standing(world: CheckWorld, backupId: BackupId) {
  const { manifest, proofs } = await world.cluster.systemBackups.read(backupId);
  const listed: Proof = { level: manifest.proof.level, provenAt: manifest.proof.provenAt };
  return { ...standingOf(listed, proofs), records: proofs.length };
}

function showsItsLevel(level: VerifyOrder["level"]): ClusterCheck {
  return {
    invariant: "I7",
    promise: `a good backup is confirmed at ${level}, shows it from then on, and the cluster is left alone`,
    async run(world) {
      const before = await world.contents();
      const backupId = await takeBackup(world);
      await world.writeRows();
      const now = await world.contents();
      const end = await endOf(world.cluster.systemBackups.verify(verifyOrder(world, backupId, level), NEVER));
      if (end.type !== "confirmed" || end.evidence.kind !== "verify-backup")
        throw new Error("does not hold: the verification is confirmed");
      hold(end.evidence.level === level, "the evidence names the level");
      hold(level === "L2" || end.evidence.rows > 0, "an L3 scanned rows");
      const { proof, suspect } = await standing(world, backupId);
      hold(proof.level === level && suspect === undefined, "the backup is proven that far");
      hold(proof.provenAt === end.evidence.provenAt, "the evidence and the record tell the same moment");
      hold((await world.cluster.lifecycle.observe()).state === "running", "the cluster still runs");
      hold((await world.contents()) === now && now !== before, "a verification changes no row");
    },
  };
}

/** What every adapter promises of proving a backup again. Each check starts on a running cluster with rows. */
export const PROOF_CHECKS: readonly ClusterCheck[] = [
  showsItsLevel("L2"),
  showsItsLevel("L3"),
  {
    invariant: "I7",
    promise: "a damaged backup fails its proof, is suspect with the fault named, and is not swapped in",
    async run(world) {
      const backupId = await takeBackup(world);
      await world.writeRows();
      const before = await world.contents();
      await world.damage(backupId);
      const verify = () => endOf(world.cluster.systemBackups.verify(verifyOrder(world, backupId, "L2"), NEVER));
      hold((await codeOf(verify)) === "proof-failed", "the verification fails");
      const { proof, suspect } = await standing(world, backupId);
      hold(suspect !== undefined && suspect.faults.length > 0, "the backup is suspect, and its faults are named");
      hold(proof.level === "L1", "it is not proven any further than before");
      hold((await world.cluster.systemBackups.list()).includes(backupId), "it is still listed");
      await suspend(world);
      hold((await codeOf(() => restore(world, backupId))) === "backup-suspect", "its restore is refused");
      await resume(world);
      hold((await world.contents()) === before, "a refused restore changes no row");
    },
  },
  {
    invariant: "I7",
    promise:
      "a restore reads every byte itself: damage that nobody knew of makes the backup suspect, and the data stays",
    async run(world) {
      const backupId = await takeBackup(world);
      await world.writeRows();
      const before = await world.contents();
      await world.damage(backupId);
      await suspend(world);
      hold((await codeOf(() => restore(world, backupId))) === "backup-suspect", "the restore ends");
      hold((await standing(world, backupId)).suspect !== undefined, "the backup is suspect from then on");
      await resume(world);
      hold((await world.contents()) === before, "a restore that ended changes no row");
    },
  },
  {
    invariant: "W4",
    promise: "a canceled verification leaves the backup as it was, or was done before it could be stopped",
    async run(world) {
      const backupId = await takeBackup(world);
      const stop = new AbortController();
      stop.abort();
      for (const level of ["L2", "L3"] as const) {
        const { records } = await standing(world, backupId);
        const order = verifyOrder(world, backupId, level);
        const end = await endOf(world.cluster.systemBackups.verify(order, stop.signal));
        const added = (await standing(world, backupId)).records - records;
        hold(added === 0 || end.type === "confirmed", "canceled and recorded exclude each other");
        hold(end.type !== "lost", "work that was just started is not lost");
        await world.cluster.systemBackups.discardVerification(order.jobId);
      }
    },
  },
  {
    invariant: "W5",
    promise: "a verification that is taken up is confirmed and recorded once, whether it had begun or was done",
    async run(world) {
      const backupId = await takeBackup(world);
      const order = verifyOrder(world, backupId, "L2", { takeUp: true });
      hold((await endOf(world.cluster.systemBackups.verify(order, NEVER))).type === "confirmed", "it starts over");
      hold((await endOf(world.cluster.systemBackups.verify(order, NEVER))).type === "confirmed", "it is done already");
      hold((await standing(world, backupId)).records === 1, "one verification leaves one record");
    },
  },
  {
    invariant: "I24",
    promise: "a verification whose lock was lost records nothing",
    async run(world) {
      const backupId = await takeBackup(world);
      const order = verifyOrder(world, backupId, "L2", {
        checkFence: async () => {
          throw new SnapdeckError("lock-lost", "another process drives this job");
        },
      });
      const code = await codeOf(() => endOf(world.cluster.systemBackups.verify(order, NEVER)));
      hold(code === "lock-lost", "the lost lock ends the work");
      hold((await standing(world, backupId)).records === 0, "nothing is recorded without the lock");
    },
  },
  {
    invariant: "I7",
    promise:
      "a backup that is not there cannot be proven, and discarding a verification that never was changes nothing",
    async run(world) {
      const order = verifyOrder(world, world.newBackupId(), "L2");
      const code = await codeOf(() => endOf(world.cluster.systemBackups.verify(order, NEVER)));
      hold(code === "backup-not-found", "the verification is refused");
      await world.cluster.systemBackups.discardVerification(world.newJobId());
      await world.cluster.systemBackups.discardVerification(order.jobId);
    },
  },
];

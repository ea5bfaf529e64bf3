import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import {
  backUpOrder,
  type ClusterCheck,
  codeOf,
  endOf,
  hold,
  orderOf,
  reportsOf,
  takeBackup,
} from "./cluster-check.ts";

const NEVER = new AbortController().signal;

/** What every adapter promises of taking, listing and deleting System Backups. Each check starts on a running cluster with rows. */
export const BACKUP_CHECKS: readonly ClusterCheck[] = [
  {
    invariant: "I1",
    promise: "a confirmed backup is listed at once, and its manifest is the one that was confirmed",
    async run(world) {
      const order = backUpOrder(world);
      const end = await endOf(world.cluster.systemBackups.backUp(order, NEVER));
      if (end.type !== "confirmed" || end.evidence.kind !== "backup")
        throw new Error("does not hold: the backup is confirmed");
      hold((await world.cluster.systemBackups.list()).includes(order.backupId), "the confirmed backup is listed");
      const listed = await world.cluster.systemBackups.read(order.backupId);
      hold(listed.manifestSha256 === end.evidence.manifestSha256, "the evidence names the manifest that is stored");
      hold(listed.manifest.ranks.length > 0, "the manifest names the ranks");
    },
  },
  {
    invariant: "I2",
    promise: "a backup is not listed before it is confirmed",
    async run(world) {
      const order = backUpOrder(world);
      for await (const report of world.cluster.systemBackups.backUp(order, NEVER)) {
        if (report.type === "confirmed") return;
        if (report.type === "phase" && report.phase === "listing") continue;
        hold(
          !(await world.cluster.systemBackups.list()).includes(order.backupId),
          "an unfinished backup is not listed",
        );
      }
    },
  },
  {
    invariant: "W4",
    promise: "a canceled backup leaves nothing that is listed, or was done before it could be stopped",
    async run(world) {
      const stop = new AbortController();
      const order = backUpOrder(world);
      stop.abort();
      const end = await endOf(world.cluster.systemBackups.backUp(order, stop.signal));
      const listed = (await world.cluster.systemBackups.list()).includes(order.backupId);
      hold(listed === (end.type === "confirmed"), "canceled and listed exclude each other");
      hold(end.type !== "lost", "work that was just started is not lost");
    },
  },
  {
    invariant: "W5",
    promise: "taking up a backup that nobody began reports it lost and starts nothing",
    async run(world) {
      const order = backUpOrder(world, { takeUp: true });
      const end = await endOf(world.cluster.systemBackups.backUp(order, NEVER));
      hold(end.type === "lost", "unknown work is lost");
      hold(!(await world.cluster.systemBackups.list()).includes(order.backupId), "unknown work lists nothing");
    },
  },
  {
    invariant: "W5",
    promise: "taking up a backup that was listed already confirms it",
    async run(world) {
      const order = backUpOrder(world);
      await endOf(world.cluster.systemBackups.backUp(order, NEVER));
      const end = await endOf(world.cluster.systemBackups.backUp({ ...order, takeUp: true }, NEVER));
      hold(end.type === "confirmed", "a listed backup is confirmed again");
    },
  },
  {
    invariant: "I24",
    promise: "a backup whose lock was lost writes no manifest",
    async run(world) {
      const order = backUpOrder(world, {
        checkFence: async () => {
          throw new SnapdeckError("lock-lost", "another process drives this job");
        },
      });
      const code = await codeOf(() => reportsOf(world.cluster.systemBackups.backUp(order, NEVER)));
      hold(code === "lock-lost", "the lost lock ends the work");
      hold(!(await world.cluster.systemBackups.list()).includes(order.backupId), "nothing is listed without the lock");
    },
  },
  {
    invariant: "I11",
    promise: "a deleted backup is gone from the list, and deleting it again finishes",
    async run(world) {
      const backupId = await takeBackup(world);
      const order = { ...orderOf(world.newJobId()), backupId };
      const end = await endOf(world.cluster.systemBackups.remove(order, NEVER));
      hold(end.type === "confirmed", "the deletion is confirmed");
      hold(!(await world.cluster.systemBackups.list()).includes(backupId), "a deleted backup is not listed");
      hold(
        (await codeOf(() => world.cluster.systemBackups.read(backupId))) === "backup-not-found",
        "a deleted backup cannot be read",
      );
      const again = await endOf(world.cluster.systemBackups.remove({ ...order, takeUp: true }, NEVER));
      hold(again.type === "confirmed", "a deletion that was taken up is finished");
    },
  },
  {
    invariant: "I26",
    promise: "discarding leaves a listed backup alone",
    async run(world) {
      const backupId = await takeBackup(world);
      await world.cluster.systemBackups.discardBackup(backupId);
      hold((await world.cluster.systemBackups.list()).includes(backupId), "a listed backup is still listed");
      await world.cluster.systemBackups.read(backupId);
    },
  },
  {
    invariant: "I22",
    promise: "an estimate names a size and the room there is",
    async run(world) {
      const { sizeBytes, freeBytes } = await world.cluster.systemBackups.estimate();
      hold(sizeBytes > 0, "a cluster with rows has a size");
      hold(freeBytes === undefined || freeBytes > 0, "a store that takes backups has room");
    },
  },
];

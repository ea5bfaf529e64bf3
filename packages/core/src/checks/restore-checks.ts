import {
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

/** What every adapter that can suspend promises of suspending and restoring. Each check starts on a running cluster with rows. */
export const RESTORE_CHECKS: readonly ClusterCheck[] = [
  {
    invariant: "I18",
    promise: "a suspended cluster says so, is not suspended twice, and runs again with its data after resume",
    async run(world) {
      const before = await world.contents();
      await suspend(world);
      hold((await world.cluster.lifecycle.observe()).state === "suspended", "a suspended cluster says so");
      const again = await codeOf(() => endOf(world.cluster.lifecycle.suspend(orderOf(world.newJobId()), NEVER)));
      hold(again === "cluster-not-running", "a suspended cluster is not suspended again");
      await resume(world);
      hold((await world.cluster.lifecycle.observe()).state === "running", "a resumed cluster runs");
      hold((await world.contents()) === before, "suspend and resume change no row");
    },
  },
  {
    invariant: "I17",
    promise: "a running cluster is not restored over, whoever asks",
    async run(world) {
      const backupId = await takeBackup(world);
      await world.writeRows();
      const before = await world.contents();
      const code = await codeOf(() => restore(world, backupId));
      hold(code === "cluster-not-suspended", "the restore is refused");
      hold((await world.contents()) === before, "a refused restore changes no row");
    },
  },
  {
    invariant: "I16",
    promise: "a restore brings back exactly what was backed up",
    async run(world) {
      const then = await world.contents();
      const backupId = await takeBackup(world);
      await world.writeRows();
      hold((await world.contents()) !== then, "rows written later change the contents");
      await suspend(world);
      const end = await restore(world, backupId);
      hold(end.type === "confirmed", "the restore is confirmed");
      hold(
        (await world.cluster.lifecycle.observe()).state === "suspended",
        "a restored cluster waits suspended for its operator",
      );
      await resume(world);
      hold((await world.contents()) === then, "the contents are those of the backup");
    },
  },
  {
    invariant: "I15",
    promise: "a canceled restore leaves the data as it was, or was done before it could be stopped",
    async run(world) {
      const then = await world.contents();
      const backupId = await takeBackup(world);
      await world.writeRows();
      const now = await world.contents();
      await suspend(world);
      const stop = new AbortController();
      stop.abort();
      const end = await restore(world, backupId, stop.signal);
      await resume(world);
      hold(
        (await world.contents()) === (end.type === "confirmed" ? then : now),
        "either all of the old data or all of the new",
      );
    },
  },
  {
    invariant: "W5",
    promise: "taking up a restore that nobody began reports it lost and changes nothing",
    async run(world) {
      const backupId = await takeBackup(world);
      const before = await world.contents();
      await suspend(world);
      const order = { ...orderOf(world.newJobId(), { takeUp: true }), backupId, acceptSuspect: false };
      const end = await endOf(world.cluster.systemBackups.restore(order, NEVER));
      hold(end.type === "lost", "unknown work is lost");
      await resume(world);
      hold((await world.contents()) === before, "a lost restore changes no row");
    },
  },
  {
    invariant: "I20",
    promise: "a backup that is not there cannot be restored",
    async run(world) {
      const before = await world.contents();
      await suspend(world);
      const code = await codeOf(() => restore(world, world.newBackupId()));
      hold(code === "backup-not-found", "the restore is refused");
      await resume(world);
      hold((await world.contents()) === before, "a refused restore changes no row");
    },
  },
];

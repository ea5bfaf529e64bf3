import type { BackupId, JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { PreviousDataOrder, WorkOrder, WorkReport } from "../ports/cluster.ts";
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

/** A backup was taken, rows were written after it, and it was restored; the cluster is suspended. */
type Restored = {
  readonly restoreId: JobId;
  readonly backupId: BackupId;
  /** The contents that the backup holds, and those that the restore put aside. */
  readonly restored: string;
  readonly aside: string;
};

async function restored(world: CheckWorld): Promise<Restored> {
  const contents = await world.contents();
  const backupId = await takeBackup(world);
  await world.writeRows();
  const aside = await world.contents();
  await suspend(world);
  const restoreId = world.newJobId();
  hold((await restore(world, backupId, NEVER, restoreId)).type === "confirmed", "the restore is confirmed");
  return { restoreId, backupId, restored: contents, aside };
}

function orderFor(world: CheckWorld, restoreId: JobId, changes: Partial<WorkOrder> = {}): PreviousDataOrder {
  return { ...orderOf(world.newJobId(), changes), restoreId };
}

function undo(world: CheckWorld, order: PreviousDataOrder, signal = NEVER): Promise<WorkReport> {
  return endOf(world.cluster.systemBackups.undoRestore(order, signal));
}

function keep(world: CheckWorld, order: PreviousDataOrder, signal = NEVER): Promise<WorkReport> {
  return endOf(world.cluster.systemBackups.keepRestored(order, signal));
}

async function previousRestore(world: CheckWorld): Promise<JobId | undefined> {
  return (await world.cluster.lifecycle.observe()).previousData?.restoreId;
}

/** What every adapter that can restore promises of undoing it. Each check starts on a running cluster with rows. */
export const UNDO_CHECKS: readonly ClusterCheck[] = [
  {
    invariant: "I19",
    promise: "an undo brings back exactly what was there before the restore, once",
    async run(world) {
      const { restoreId, aside } = await restored(world);
      hold((await previousRestore(world)) === restoreId, "a restored cluster tells what can be undone");
      const order = orderFor(world, restoreId);
      const end = await undo(world, order);
      if (end.type !== "confirmed" || end.evidence.kind !== "undo-restore")
        throw new Error("does not hold: the undo is confirmed");
      hold(end.evidence.restoreId === restoreId, "the evidence names the restore");
      hold((await previousRestore(world)) === undefined, "after an undo there is nothing to undo");
      hold(
        (await world.cluster.lifecycle.observe()).state === "suspended",
        "the cluster waits suspended for its operator",
      );
      const again = await codeOf(() => undo(world, orderFor(world, restoreId)));
      hold(again === "no-previous-data", "a second undo is refused");
      hold(
        (await codeOf(() => keep(world, orderFor(world, restoreId)))) === "no-previous-data",
        "nothing is to be kept",
      );
      hold((await undo(world, { ...order, takeUp: true })).type === "confirmed", "taken up, it is confirmed again");
      await resume(world);
      hold((await world.contents()) === aside, "the contents are those from before the restore");
    },
  },
  {
    invariant: "I19",
    promise: "a restore is not undone while the cluster runs, and not any more once its data was kept",
    async run(world) {
      const { restoreId, restored: contents } = await restored(world);
      await resume(world);
      const running = await codeOf(() => undo(world, orderFor(world, restoreId)));
      hold(running === "cluster-not-suspended", "the undo of a running cluster is refused");
      hold((await previousRestore(world)) === restoreId, "a refused undo lets nothing go");
      const order = orderFor(world, restoreId);
      hold((await keep(world, order)).type === "confirmed", "the data is kept while the cluster runs");
      hold((await previousRestore(world)) === undefined, "what was let go cannot be undone");
      hold((await keep(world, { ...order, takeUp: true })).type === "confirmed", "taken up, it is confirmed again");
      await suspend(world);
      const gone = await codeOf(() => undo(world, orderFor(world, restoreId)));
      hold(gone === "no-previous-data", "the undo is refused");
      await resume(world);
      hold((await world.contents()) === contents, "the restored contents stay");
    },
  },
  {
    invariant: "I24",
    promise:
      "an undo that was canceled, lost its lock or was never begun leaves the restored data, and can be asked for again",
    async run(world) {
      const { restoreId, restored: contents } = await restored(world);
      const stop = new AbortController();
      stop.abort();
      hold(
        (await undo(world, orderFor(world, restoreId), stop.signal)).type === "stopped",
        "a canceled undo is stopped",
      );
      hold((await keep(world, orderFor(world, restoreId), stop.signal)).type === "stopped", "so is a canceled keep");
      const checkFence = async () => {
        throw new SnapdeckError("lock-lost", "another process drives this job");
      };
      const code = await codeOf(() => undo(world, orderFor(world, restoreId, { checkFence })));
      hold(code === "lock-lost", "the lost lock ends the undo");
      const unknown = await undo(world, orderFor(world, restoreId, { takeUp: true }));
      hold(unknown.type === "lost", "an undo that nobody began is lost");
      hold((await previousRestore(world)) === restoreId, "the previous data is still there");
      await resume(world);
      hold((await world.contents()) === contents, "the restored contents stay");
      hold(
        (await keep(world, orderFor(world, restoreId, { takeUp: true }))).type === "confirmed",
        "a keep that is taken up is finished",
      );
    },
  },
  {
    invariant: "I15",
    promise: "a later restore lets the data go that an earlier one put aside, and puts the present data aside instead",
    async run(world) {
      const earlier = await restored(world);
      const restoreId = world.newJobId();
      hold((await restore(world, earlier.backupId, NEVER, restoreId)).type === "confirmed", "it is restored again");
      hold((await previousRestore(world)) === restoreId, "the later restore can be undone");
      const code = await codeOf(() => undo(world, orderFor(world, earlier.restoreId)));
      hold(code === "no-previous-data", "the earlier one cannot");
      hold((await undo(world, orderFor(world, restoreId))).type === "confirmed", "the later one is undone");
      await resume(world);
      hold((await world.contents()) === earlier.restored, "the contents are those that the earlier restore brought");
    },
  },
  {
    invariant: "I19",
    promise: "what was never restored is neither undone nor kept",
    async run(world) {
      const before = await world.contents();
      const order = orderFor(world, world.newJobId());
      await suspend(world);
      hold((await codeOf(() => undo(world, order))) === "no-previous-data", "the undo is refused");
      await resume(world);
      hold((await codeOf(() => keep(world, order))) === "no-previous-data", "the keep is refused");
      hold((await world.contents()) === before, "neither changes a row");
    },
  },
];

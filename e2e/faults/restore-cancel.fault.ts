import { type Canceled, cancel, canceledAt, isOver, TOO_LATE } from "./cancel-at.ts";
import { type FaultCase, faults, quickWith } from "./cases.ts";
import { endedAs } from "./expect-end.ts";
import { restoreUntil, type StoppedRestore } from "./maintenance-rank.ts";
import { OldAndNew, startUndo } from "./old-and-new.ts";
import type { FaultWorld } from "./world.ts";

const data = new OldAndNew();

const all: Canceled[] = [
  { fault: "R", tier: "full" },
  { fault: "k", tier: "full" },
  { fault: "Z", tier: "full" },
  { fault: "h", tier: "full" },
];

/** Asked for the swap, the host manager may have decided or not when it dies. */
const told: Canceled[] = [
  { fault: "R", tier: "full", ends: TOO_LATE },
  { fault: "k", tier: "full", ends: ["succeeded", "canceled"] },
  { fault: "Z", tier: "full", ends: ["succeeded", "canceled"] },
];

type Harm = {
  who: string;
  tier: FaultCase["tier"];
  harm: (world: FaultWorld, restore: StoppedRestore) => Promise<void>;
};

/** What may happen when a restore is canceled whose maintenance rank stands still in the middle of the rows. */
const HARMS: Record<"R" | "K" | "k" | "Z" | "h", Harm> = {
  R: { who: "nothing else happens", tier: "full", harm: async (world) => world.goOn() },
  K: {
    who: "its maintenance rank is killed",
    tier: "quick",
    harm: async (_, { pid }) => void process.kill(pid, "SIGKILL"),
  },
  k: {
    who: "the BFF is killed",
    tier: "full",
    harm: async (world) => {
      world.goOn();
      await world.bff();
    },
  },
  Z: {
    who: "everything is killed",
    tier: "full",
    harm: async (world) => {
      await world.killAll();
      await world.revive();
    },
  },
  h: {
    who: "the host manager is killed",
    tier: "full",
    harm: async (world) => {
      await world.killHost();
      world.goOn();
      await world.host();
    },
  },
};

const atShares = [0.01, 0.5, 0.97].flatMap((share) =>
  (["R", "K", "k", "Z", "h"] as const).map((fault): FaultCase => {
    const { who, tier, harm } = HARMS[fault];
    return {
      id: `K3-${fault}-restore-${Math.round(share * 100)}%`,
      row: "K3",
      fault,
      tier: share === 0.5 ? tier : "full",
      title: `a restore canceled when ${Math.round(share * 100)} % are restored, and ${who}: it is canceled, and the old data stays`,
      run: async (world) => {
        const restore = await restoreUntil(world, data, (done) => done >= share);
        await cancel(world, restore.job);
        await harm(world, restore);
        const outcome = endedAs(await world.outcome(restore.job), { ends: "canceled" });
        await isOver(world, restore.job);
        return outcome;
      },
    };
  }),
);

/** The host manager dies while it removes what a canceled restore made. */
const whileRemoved = ["discard.beforeRemoval", "discard.rank0.afterRemoval"].map(
  (failpoint): FaultCase => ({
    id: `K6-h-${failpoint}`,
    row: "K6",
    fault: "h",
    tier: failpoint === "discard.beforeRemoval" ? "quick" : "full",
    title: `the host manager killed at ${failpoint} of a canceled restore: it is canceled, and nothing is left of it`,
    run: async (world) => {
      await world.host({ failpoints: `${failpoint}=kill` });
      await world.bff({ failpoints: "restore.afterRestored=hold" });
      const job = await data.restore(world);
      if (job === undefined) throw new Error("the restore did not start");
      await world.reached("restore.afterRestored");
      await cancel(world, job);
      world.letGo();
      await world.hostIsGone();
      await world.host();
      return endedAs(await world.outcome(job), { ends: "canceled" });
    },
  }),
);

const decidedInHost = (failpoint: string, ends: "canceled" | "succeeded", tier: FaultCase["tier"]): FaultCase => ({
  id: `K6-R-${failpoint}`,
  row: "K6",
  fault: "R",
  tier,
  title: `a restore canceled while the host manager stands at ${failpoint}: it ${ends === "succeeded" ? "is too late, and says so by having succeeded" : "is canceled"}`,
  run: async (world) => {
    await world.host({ failpoints: `${failpoint}=hold` });
    const job = await data.restore(world);
    if (job === undefined) throw new Error("the restore did not start");
    await world.reached(failpoint);
    await cancel(world, job);
    world.letGo();
    return endedAs(await world.outcome(job), { ends });
  },
});

/** Once it is begun, an undo is not taken back: the host manager carries it through. */
const UNDO: FaultCase = {
  id: "K6-R-undo.afterMarker",
  row: "K6",
  fault: "R",
  tier: "full",
  title: "an undo canceled when it is decided: it is too late, and says so by having succeeded",
  run: async (world) => {
    const restoreId = await data.restored(world);
    await world.host({ failpoints: "undo.afterMarker=hold" });
    const job = await startUndo(world, restoreId);
    if (job === undefined) throw new Error("the undo did not start");
    await world.reached("undo.afterMarker");
    await cancel(world, job);
    world.letGo();
    return endedAs(await world.outcome(job), { ends: "succeeded" });
  },
};

const restoreCases: FaultCase[] = [
  ...canceledAt(
    { row: "K2", failpoint: "restore.beforeOpen", moment: "before the host manager is told" },
    quickWith(all, "Z"),
    data.restore,
  ),
  ...canceledAt(
    { row: "K2", failpoint: "restore.beforeStatement", moment: "before RESTORE is sent" },
    all,
    data.restore,
  ),
  ...atShares,
  ...canceledAt(
    { row: "K4", failpoint: "restore.afterRestored", moment: "after the engine's word" },
    quickWith(all, "k"),
    data.restore,
  ),
  ...canceledAt({ row: "K5", failpoint: "restore.afterScan", moment: "when all is compared" }, all, data.restore),
  ...canceledAt(
    { row: "K5", failpoint: "restore.beforeCommit", moment: "before the swap is asked for" },
    [
      { fault: "R", tier: "full", ends: ["succeeded", "canceled"] },
      { fault: "k", tier: "full" },
    ],
    data.restore,
  ),
  ...canceledAt(
    { row: "K6", failpoint: "restore.afterCommit", moment: "when the swap was asked for" },
    told,
    data.restore,
  ),
  decidedInHost("seal.beforeStop", "succeeded", "full"),
  decidedInHost("swap.afterMarker", "succeeded", "quick"),
  ...whileRemoved,
];

faults("K: restores that are canceled", { ready: data.ready }, [...restoreCases.map(data.judged), UNDO]);

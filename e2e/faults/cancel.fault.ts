import { expect } from "vitest";
import { type Canceled, cancel, canceledAt, isOver, TOO_LATE } from "./cancel-at.ts";
import { type FaultCase, faults, quickWith } from "./cases.ts";
import { endedAs } from "./expect-end.ts";
import { backUpUntil } from "./slow-backup.ts";
import type { FaultWorld } from "./world.ts";

const backUp = (world: FaultWorld) => world.startBackup();

async function ready(world: FaultWorld): Promise<void> {
  await world.backUp();
  await world.settled();
}

async function newestBackup(world: FaultWorld) {
  const [backup] = await world.backups();
  if (backup === undefined) throw new Error("there is no backup");
  return backup.id;
}

const prove = async (world: FaultWorld) => world.startVerify(await newestBackup(world));

/** Takes a backup that a case may delete. */
const takesOneFirst = (each: FaultCase): FaultCase => ({
  ...each,
  run: async (world, chance) => {
    await world.backUp();
    await world.settled();
    return each.run(world, chance);
  },
});

const remove = async (world: FaultWorld) => world.startDelete(await newestBackup(world));

const all: Canceled[] = [
  { fault: "R", tier: "full" },
  { fault: "k", tier: "full" },
  { fault: "Z", tier: "full" },
];

/** The manifest is there, or about to be: whoever takes the job up may find it listed, and then that is the truth. */
const atTheEnd: Canceled[] = [
  { fault: "R", tier: "full", ends: ["canceled", "succeeded"] },
  { fault: "k", tier: "full", ends: ["canceled", "succeeded"] },
  { fault: "Z", tier: "full", ends: ["canceled", "succeeded"] },
];

const tooLate: Canceled[] = all.map((each) => ({ ...each, ends: TOO_LATE }));

const WHO: Record<"K" | "k" | "Z" | "h", { who: string; harm: (world: FaultWorld) => Promise<void> }> = {
  K: { who: "the rank is killed", harm: (world) => world.killRank() },
  k: { who: "the BFF is killed", harm: (world) => world.bff() },
  Z: {
    who: "everything is killed",
    harm: async (world) => {
      await world.killAll();
      await world.revive();
    },
  },
  h: {
    who: "the host manager is killed",
    harm: async (world) => {
      await world.killHost();
      await world.host();
    },
  },
};

const inTheMiddle = (["K", "k", "Z", "h"] as const).map(
  (fault): FaultCase => ({
    id: `K6-${fault}-50%`,
    row: "K6",
    fault,
    tier: fault === "K" ? "quick" : "full",
    title: `canceled when half is copied, and then ${WHO[fault].who}: the backup is canceled, and nothing is left of it`,
    run: async (world) => {
      const job = await backUpUntil(world, 0.5);
      await cancel(world, job);
      await WHO[fault].harm(world);
      return endedAs(await world.outcome(job), { ends: "canceled" });
    },
  }),
);

const atShares = ([0.01, 0.5, 0.97] as const).map(
  (share): FaultCase => ({
    id: `K3-R-${Math.round(share * 100)}%`,
    row: "K3",
    fault: "R",
    tier: "full",
    title: `canceled when ${Math.round(share * 100)} % are copied: the backup is canceled or it won, and a second cancel is told so`,
    run: async (world) => {
      const job = await backUpUntil(world, share);
      // A double click.
      const [first, second] = await Promise.all([cancel(world, job), cancel(world, job)]);
      expect([first.state.name, second.state.name], "what both are told").toEqual(["canceling", "canceling"]);
      const ends = share > 0.9 ? (["canceled", "succeeded"] as const) : "canceled";
      const outcome = endedAs(await world.outcome(job), { ends });
      await isOver(world, job);
      return outcome;
    },
  }),
);

const QUEUED: FaultCase[] = (["R", "k"] as const).map((fault) => ({
  id: `K1-${fault}-queued`,
  row: "K1",
  fault,
  tier: fault === "k" ? "quick" : "full",
  title: `canceled before anybody drives it${fault === "k" ? ", and the BFF is killed" : ""}: the backup is canceled at once and is never begun`,
  run: async (world) => {
    await world.bff({ failpoints: "job.beforeClaim=hold" });
    const job = await world.startBackup();
    if (job === undefined) throw new Error("the backup did not start");
    await world.reached("job.beforeClaim");
    const { state } = await cancel(world, job);
    expect(state.name, "right after the cancel").toBe("canceled");
    if (fault === "k") await world.bff();
    else world.letGo();
    await isOver(world, job);
    return endedAs(await world.outcome(job), { ends: "canceled" });
  },
}));

faults("K: jobs that are canceled", { ready }, [
  ...QUEUED,
  ...canceledAt(
    { row: "K2", failpoint: "job.afterClaim", moment: "when it was just claimed" },
    quickWith(all, "k"),
    backUp,
  ),
  ...canceledAt({ row: "K2", failpoint: "backup.beforeCopy", moment: "before BACKUP was sent" }, all, backUp),
  ...atShares,
  ...inTheMiddle,
  ...canceledAt(
    { row: "K4", failpoint: "backup.afterAck", moment: "after the engine's word" },
    quickWith(all.slice(1), "k"),
    backUp,
  ),
  ...canceledAt({ row: "K5", failpoint: "backup.beforeSync", moment: "while it is proven" }, all, backUp),
  ...canceledAt(
    { row: "K5", failpoint: "backup.beforeManifest", moment: "before the manifest" },
    quickWith(atTheEnd, "R"),
    backUp,
  ),
  ...canceledAt(
    { row: "K6", failpoint: "backup.afterManifest", moment: "after the manifest" },
    quickWith(tooLate, "k"),
    backUp,
  ),
  ...canceledAt(
    { row: "K5", failpoint: "verify.beforeRecord", moment: "when a proof has read everything" },
    [
      { fault: "R", tier: "full", ends: ["canceled", "succeeded"] },
      { fault: "k", tier: "full", ends: ["canceled", "succeeded"] },
    ],
    prove,
  ),
  ...canceledAt(
    { row: "K6", failpoint: "delete.beforeUnlist", moment: "before the backup is unlisted" },
    [
      { fault: "R", tier: "full", ends: ["canceled", "succeeded"] },
      { fault: "k", tier: "full", ends: ["canceled", "succeeded"] },
    ],
    remove,
  ).map(takesOneFirst),
  ...canceledAt(
    { row: "K6", failpoint: "delete.afterUnlist", moment: "when the backup is unlisted" },
    [
      { fault: "R", tier: "quick", ends: TOO_LATE },
      { fault: "k", tier: "full", ends: TOO_LATE },
    ],
    remove,
  ).map(takesOneFirst),
]);

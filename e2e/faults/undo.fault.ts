import { readdirSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JobId } from "@snapdeck/contract/scalars";
import { expect } from "vitest";
import { type FaultCase, faults, quickWith } from "./cases.ts";
import { type Crash, crashesAt, type Moment } from "./crash-at.ts";
import { dataDigest } from "./data-digest.ts";
import { endedAs } from "./expect-end.ts";
import { type HostCrash, hostCrashesAt } from "./host-crash-at.ts";
import { OldAndNew, startKeep, startUndo } from "./old-and-new.ts";
import type { FaultWorld } from "./world.ts";

const data = new OldAndNew();

const clusterDir = ({ stack }: FaultWorld) => join(stack.servers.home, "cluster");

/** The restore that the case is about; it is done before anything is armed. */
let restoreId: JobId;

const undo = (world: FaultWorld) => startUndo(world, restoreId);
const keep = (world: FaultWorld) => startKeep(world, restoreId);

/** Begins a case with a restore, and ends it with the old data: undone by the case, or afterwards. */
const afterRestore = (each: FaultCase): FaultCase => ({
  ...each,
  run: async (world, chance) => {
    restoreId = await data.restored(world);
    const restored = dataDigest(clusterDir(world));
    const outcome = await each.run(world, chance);
    await world.revive();
    await world.settled();
    const { restore } = await world.stack.ranks.status();
    if (restore === undefined) return `${outcome}; the old data`;
    // An undo that did not come to its end did not happen: the restored data is whole, and can be undone.
    expect(restore, "the restore").toMatchObject({ operationId: restoreId, phase: "swapped" });
    expect(dataDigest(clusterDir(world)), "the restored data").toBe(restored);
    endedAs(await world.outcome(await undo(world)), { ends: "succeeded" });
    return `${outcome}; the new data, and after another undo the old`;
  },
});

/** Begins a case with a restore, and ends it with the restored data and nothing else. */
const keptAfterRestore = (each: FaultCase): FaultCase => ({
  ...each,
  run: async (world, chance) => {
    restoreId = await data.restored(world);
    const restored = dataDigest(clusterDir(world));
    const outcome = await each.run(world, chance);
    await world.revive();
    await world.settled();
    expect(dataDigest(clusterDir(world)), "the restored data").toBe(restored);
    if ((await world.stack.ranks.status()).restore !== undefined) await world.keepRestored(restoreId);
    expect(readdirSync(clusterDir(world)).filter((name) => name.includes(".previous-"))).toEqual([]);
    await world.remember();
    return `${outcome}; the new data, and only that`;
  },
});

const goesOn: Crash[] = [
  { fault: "k", tier: "quick", ends: "succeeded" },
  { fault: "Z", tier: "full", ends: "succeeded" },
  { fault: "h", tier: "full", ends: "succeeded" },
  { fault: "P", tier: "full", ends: "succeeded" },
];

/** Without the marker nothing has moved. */
const undecided: HostCrash[] = [
  { fault: "h", tier: "full", ends: "succeeded" },
  { fault: "Z", tier: "full", ends: ["interrupted", "succeeded"], code: "interrupted" },
];

const decided: HostCrash[] = [
  { fault: "h", tier: "full", ends: "succeeded" },
  { fault: "Z", tier: "full", ends: "succeeded" },
];

const UNDO_STEPS: readonly [Moment, HostCrash[]][] = [
  [{ row: "R8", failpoint: "undo.beforeMarker", moment: "before the marker of an undo" }, undecided],
  [{ row: "R8", failpoint: "undo.afterMarker", moment: "when an undo is decided" }, decided],
  [
    { row: "R8", failpoint: "undo.rank0.afterLiveAside", moment: "when the first rank has no data" },
    quickWith(decided, "Z"),
  ],
  [
    { row: "R8", failpoint: "undo.rank0.afterIncomingIn", moment: "when the first rank is old and the second new" },
    decided,
  ],
  [{ row: "R8", failpoint: "undo.rank1.afterLiveAside", moment: "when the second rank has no data" }, decided],
  [{ row: "R8", failpoint: "undo.rank1.afterIncomingIn", moment: "when the second rank is old too" }, decided],
  [{ row: "R8", failpoint: "undo.afterRenames", moment: "after the renames of an undo" }, decided],
  [{ row: "R8", failpoint: "undo.afterParentSync", moment: "when the renames of an undo are synced" }, decided],
  [{ row: "R8", failpoint: "undo.afterRecord", moment: "when an undo is recorded and its marker there" }, decided],
  [{ row: "R8", failpoint: "undo.afterMarkerRemoved", moment: "when the marker of an undo is gone" }, decided],
  [
    { row: "R8", failpoint: "discard.rank0.afterRemoval", moment: "when half of the undone data is removed" },
    quickWith(decided, "h"),
  ],
];

const KEEP_STEPS: Moment[] = [
  { row: "R8", failpoint: "keep.rank0.afterRemoval", moment: "when the first rank's previous data is gone" },
  { row: "R8", failpoint: "keep.rank1.afterRemoval", moment: "when all previous data is gone and nobody noted it" },
];

/** The restored data becomes one that no engine opens, as on a disk that fails. `spoil` answers what mends it before the undo. */
const unopenable = (
  id: string,
  title: string,
  tier: FaultCase["tier"],
  spoil: (live: string) => () => void,
): FaultCase => ({
  id: `R7-${id}`,
  row: "R7",
  fault: "T",
  tier,
  title: `${title}: the resume says why it failed, and an undo brings the old data back`,
  run: async (world) => {
    restoreId = await data.restored(world);
    const mend = spoil(join(clusterDir(world), "rank-0"));
    const resumed = await world.outcome(await world.start("resume", (admin) => admin.get("resumeCluster")));
    const outcome = endedAs(resumed, { ends: "failed", code: "engine-failed" });
    expect((await world.stack.ranks.status()).state, "what is left").toBe("suspended");
    mend();
    endedAs(await world.outcome(await undo(world)), { ends: "succeeded" });
    return `${outcome}; the old data`;
  },
});

const nothing = () => undefined;

const UNOPENABLE: FaultCase[] = [
  unopenable("T-database", "restored data whose database is cut off", "quick", (live) => {
    truncateSync(join(live, "metadata/shop.sql"), 20);
    return nothing;
  }),
  unopenable("T-table", "restored data whose table definition is damaged", "full", (live) => {
    writeFileSync(join(live, "metadata/shop/orders.sql"), "ATTACH TABLE nothing that an engine could read");
    return nothing;
  }),
  unopenable("T-missing", "restored data that is gone", "quick", (live) => {
    renameSync(live, `${live}-away`);
    return () => renameSync(`${live}-away`, live);
  }),
  {
    id: "R7-K-resume",
    row: "R7",
    fault: "K",
    tier: "full",
    title: "a rank killed again and again while it opens restored data comes up all the same",
    run: async (world) => {
      restoreId = await data.restored(world);
      await world.host({ failpoints: "resume.afterStart=hold" });
      const job = await world.start("resume", (admin) => admin.get("resumeCluster"));
      await world.reached("resume.afterStart");
      await world.killRank();
      world.letGo();
      const outcome = endedAs(await world.outcome(job), { ends: "succeeded" });
      await world.stack.ranksAreUp();
      await world.stack.suspend();
      endedAs(await world.outcome(await undo(world)), { ends: "succeeded" });
      return `${outcome}; the old data`;
    },
  },
];

faults("R7: restored data that cannot be opened", { ready: data.ready }, UNOPENABLE);

faults(
  "R8: undo and keep that are cut off",
  // Two: an undo may be through on one and not on the other.
  { ready: data.ready, ranks: 2 },
  [
    ...crashesAt(
      { row: "R8", failpoint: "undoRestore.beforeOrder", moment: "before the undo is ordered" },
      [
        { fault: "k", tier: "full", ends: "interrupted", code: "interrupted" },
        { fault: "Z", tier: "full", ends: "interrupted", code: "interrupted" },
        { fault: "h", tier: "full", ends: "succeeded" },
      ],
      undo,
    ).map(afterRestore),
    ...crashesAt(
      { row: "R8", failpoint: "undoRestore.afterOrder", moment: "when the undo was ordered" },
      goesOn,
      undo,
    ).map(afterRestore),
    ...UNDO_STEPS.flatMap(([moment, crashes]) => hostCrashesAt(moment, crashes, undo)).map(afterRestore),
    ...crashesAt(
      { row: "R8", failpoint: "keepRestored.beforeOrder", moment: "before the previous data is let go" },
      quickWith(goesOn.slice(0, 2)),
      keep,
    ).map(keptAfterRestore),
    ...crashesAt(
      { row: "R8", failpoint: "keepRestored.afterOrder", moment: "when the previous data is being let go" },
      quickWith(goesOn.slice(0, 2)),
      keep,
    ).map(keptAfterRestore),
    ...KEEP_STEPS.flatMap((moment) =>
      hostCrashesAt(moment, moment.failpoint.includes("rank0") ? quickWith(decided, "h") : decided, keep),
    ).map(keptAfterRestore),
  ],
);

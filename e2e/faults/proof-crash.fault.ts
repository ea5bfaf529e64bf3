import { faults, quickWith } from "./cases.ts";
import { type Crash, crashesAt } from "./crash-at.ts";
import type { FaultWorld } from "./world.ts";

/** A proof touches nothing, so it is simply done again by whoever takes it up. */
const again: Crash[] = [
  { fault: "k", tier: "quick", ends: "succeeded" },
  { fault: "Z", tier: "full", ends: "succeeded" },
];

const L3: Crash[] = [
  { fault: "k", tier: "full", ends: "succeeded" },
  {
    fault: "h",
    tier: "full",
    ends: ["succeeded", "failed", "interrupted"],
    code: ["rank-lost", "interrupted", "host-unreachable", "engine-failed"],
  },
];

const prove = (level: "L2" | "L3") => async (world: FaultWorld) => {
  const [backup] = await world.backups();
  if (backup === undefined) throw new Error("there is no backup to prove");
  return world.startVerify(backup.id, level);
};

async function ready(world: FaultWorld): Promise<void> {
  await world.backUp();
  await world.settled();
}

faults("L: proofs that are cut off", { ready }, [
  ...crashesAt(
    { row: "L2", failpoint: "verify.beforeRecord", moment: "before a proof is written down" },
    again,
    prove("L2"),
  ),
  ...crashesAt(
    { row: "L2", failpoint: "verify.afterRecord", moment: "after a proof was written down" },
    quickWith(again),
    prove("L2"),
  ),
  ...crashesAt(
    { row: "L2", failpoint: "verify.beforeCatalog", moment: "before the list shows a proof" },
    quickWith(again),
    prove("L2"),
  ),
  ...crashesAt({ row: "L3", failpoint: "verify.beforeTrial", moment: "before the throw-away rank" }, L3, prove("L3")),
  ...crashesAt(
    { row: "L3", failpoint: "verify.afterRestored", moment: "when the throw-away rank is filled" },
    L3,
    prove("L3"),
  ),
  ...crashesAt(
    { row: "L3", failpoint: "verify.afterScan", moment: "when the throw-away rank was scanned" },
    L3,
    prove("L3"),
  ),
  ...crashesAt(
    { row: "L3", failpoint: "verify.beforeDiscard", moment: "before the throw-away rank is removed" },
    L3,
    prove("L3"),
  ),
]);

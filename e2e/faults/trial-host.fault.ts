import { faults, quickWith } from "./cases.ts";
import { type HostCrash, hostCrashesAt } from "./host-crash-at.ts";
import type { FaultWorld } from "./world.ts";

/** A proof that was cut off says nothing of the backup; whoever takes it up begins its trial anew. */
const CODES = ["engine-failed", "rank-lost", "host-unreachable", "interrupted"];

const crashes: HostCrash[] = [
  { fault: "h", tier: "full", ends: ["failed", "succeeded"], code: CODES },
  { fault: "Z", tier: "full", ends: ["succeeded", "interrupted", "failed"], code: CODES },
  { fault: "k", tier: "full", ends: "succeeded" },
];

/** When the throw-away rank is looked at and being removed, the proof is as good as done. */
const atTheEnd: HostCrash[] = crashes.map((crash) => ({ ...crash, ends: ["succeeded", "failed"], code: CODES }));

async function ready(world: FaultWorld): Promise<void> {
  await world.backUp();
  await world.settled();
}

const prove = async (world: FaultWorld) => {
  const [backup] = await world.backups();
  if (backup === undefined) throw new Error("there is no backup to prove");
  return world.startVerify(backup.id, "L3");
};

faults("L3: throw-away ranks that are cut off", { ready }, [
  ...hostCrashesAt(
    { row: "L3", failpoint: "trial.beforeDirectories", moment: "before a trial has its directories" },
    crashes,
    prove,
  ),
  ...hostCrashesAt(
    { row: "L3", failpoint: "trial.beforeRanks", moment: "before the throw-away ranks start" },
    quickWith(crashes, "h"),
    prove,
  ),
  ...hostCrashesAt(
    { row: "L3", failpoint: "trial.beforeReady", moment: "when the throw-away ranks are up" },
    quickWith(crashes, "Z"),
    prove,
  ),
  ...hostCrashesAt(
    { row: "L3", failpoint: "trial.beforeRemoval", moment: "before the throw-away ranks are removed" },
    quickWith(atTheEnd, "h"),
    prove,
  ),
  ...hostCrashesAt(
    { row: "L3", failpoint: "trial.rank0.afterRemoval", moment: "when what a trial made is removed" },
    atTheEnd,
    prove,
  ),
]);

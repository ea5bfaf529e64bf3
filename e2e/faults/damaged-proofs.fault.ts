import { join } from "node:path";
import type { Backup } from "@snapdeck/contract/backup";
import { expect } from "vitest";
import { CLUSTER_ID } from "../harness/api.ts";
import { breaksFound } from "./aftermath.ts";
import { type FaultCase, faults } from "./cases.ts";
import { damage, damageFile, filesOf, HARMS, type Harm } from "./damage.ts";
import { endedAs } from "./expect-end.ts";
import type { FaultWorld } from "./world.ts";

/** Two backups that are proven to L3, of a cluster that was suspended then; each case damages what is recorded of the first. */
let pair: readonly [Backup, Backup];

async function ready(world: FaultWorld): Promise<void> {
  const taken = [await world.backUp(), await world.backUp()] as const;
  for (const { id } of taken) {
    for (const level of ["L2", "L3"] as const)
      endedAs(await world.outcome(await world.startVerify(id, level)), { ends: "succeeded" });
  }
  pair = taken;
  await world.suspend();
}

const folderOf = (world: FaultWorld, { id }: Backup) => join(world.stack.servers.storeRoot, CLUSTER_ID, id);

/** How the backup stands by what the store says right now. */
async function standing(world: FaultWorld, { id }: Backup): Promise<string> {
  const { backup } = await (await world.admin()).get("planRestore", { params: { backupId: id } });
  return backup.suspect === undefined ? backup.proofs.map(({ level }) => level).join(" ") : "suspect";
}

/** Proven again by who begins anew and looks at the store; the marks on the backup are then as in the beginning. */
async function isGoodAgain(world: FaultWorld, backup: Backup): Promise<void> {
  await world.bff();
  endedAs(await world.outcome(await world.startVerify(backup.id)), { ends: "succeeded" });
  expect(await standing(world, backup), "how it stands in the end").toBe("L1 L2 L3");
}

const passed = (harm: Harm): FaultCase => ({
  id: `C7-${harm}`,
  row: "C7",
  fault: harm === "truncate" || harm === "delete" ? "T" : "C",
  tier: harm === "flip" ? "quick" : "full",
  title: `the record of a proof, ${harm}: it counts for nothing, the others count, and the backup can be proven anew`,
  run: async (world, chance) => {
    const [backup, other] = pair;
    const done = damage(folderOf(world, backup), "proof", harm, chance, folderOf(world, other));
    try {
      const [level = ""] = /L[23]/.exec(done.path) ?? [];
      const left = harm === "extra" ? "L1 L2 L3" : `L1 ${level === "L2" ? "L3" : "L2"}`;
      expect(await standing(world, backup), `${done.path}: how the backup stands`).toBe(left);
      // That one is gone nobody can see.
      if (harm !== "delete") expect(await breaksFound(world), "what the store check finds").not.toEqual([]);
      endedAs(await world.outcome(await world.startVerify(backup.id)), { ends: "succeeded" });
      return `${done.path}: ${left}`;
    } finally {
      done.repair();
      await isGoodAgain(world, backup);
    }
  },
});

/** Who could take the record of a failed proof away would otherwise have a damaged backup restored. */
const failed = (harm: Harm): FaultCase => ({
  id: `C7-failed-${harm}`,
  row: "C7",
  fault: harm === "truncate" || harm === "delete" ? "T" : "C",
  tier: harm === "delete" ? "quick" : "full",
  title: `the record of a failed proof, ${harm}: what it found is found again by the restore, and nothing is swapped in`,
  run: async (world, chance) => {
    const [backup, other] = pair;
    const folder = folderOf(world, backup);
    const rows = damage(folder, "rows", "flip", chance, folderOf(world, other));
    const before = new Set(filesOf(folder, "proof"));
    const verified = await world.outcome(await world.startVerify(backup.id));
    endedAs(verified, { ends: "failed", code: "proof-failed" });
    const [record] = filesOf(folder, "proof").filter((path) => !before.has(path));
    if (record === undefined) throw new Error("the failed proof left no record");
    const done = damageFile(folder, record, "proof", harm, chance, folderOf(world, other));
    try {
      expect(await standing(world, backup), "how the backup stands without that record").toBe("L1 L2 L3");
      const { reply, problem } = await world.askRestore(backup.id);
      if (reply === undefined || !("state" in reply)) throw new Error(`the restore was refused: ${problem?.code}`);
      const outcome = endedAs(await world.ended(reply.id), { ends: "failed", code: "backup-suspect" });
      return `${done.path}: restore ${outcome}`;
    } finally {
      rows.repair();
      done.repair();
      await isGoodAgain(world, backup);
    }
  },
});

faults("C7: records of proofs that changed on the store", { ready }, [
  ...HARMS.map(passed),
  ...(["flip", "truncate", "delete"] as const).map(failed),
]);

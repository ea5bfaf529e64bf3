import { expect } from "vitest";
import { breaksFound } from "./aftermath.ts";
import { type FaultCase, faults } from "./cases.ts";
import { type Crash, crashesAt, type Moment } from "./crash-at.ts";
import { endedAs } from "./expect-end.ts";
import type { FaultWorld } from "./world.ts";

/** A deletion needs no engine: whoever dies, it is gone on with. */
const always = (tier: FaultCase["tier"]): Crash[] => [
  { fault: "k", tier, ends: "succeeded" },
  { fault: "Z", tier: "full", ends: "succeeded" },
];

/** The backup is listed before, and nothing of it is there in the end: `aftermath` sees that no file is left that nobody owns. */
async function deleteOne(world: FaultWorld) {
  const [backup] = await world.backups();
  if (backup === undefined) throw new Error("there is no backup to delete");
  return world.startDelete(backup.id);
}

const takesOneFirst = (each: FaultCase): FaultCase => ({
  ...each,
  run: async (world, chance) => {
    const { id } = await world.backUp();
    await world.settled();
    const outcome = await each.run(world, chance);
    expect((await world.backups()).map((backup) => backup.id)).not.toContain(id);
    return outcome;
  },
});

const D8: readonly [Moment, FaultCase["tier"]][] = [
  [{ row: "D8", failpoint: "delete.beforeUnlist", moment: "before the backup is unlisted" }, "full"],
  [
    { row: "D8", failpoint: "delete.afterUnlist", moment: "when the backup is unlisted and its files are there" },
    "quick",
  ],
  [{ row: "D8", failpoint: "delete.midRemoval", moment: "after the first file" }, "full"],
  [{ row: "D8", failpoint: "delete.midRemoval", moment: "in the middle of the files", visit: 20 }, "quick"],
  [{ row: "D8", failpoint: "delete.beforeCatalog", moment: "when all is gone and the list still shows it" }, "quick"],
];

faults("D: deletions", {}, [
  ...D8.flatMap(([moment, tier]) => crashesAt(moment, always(tier), deleteOne).map(takesOneFirst)),
  {
    id: "D8-k-never-broken",
    row: "D8",
    fault: "k",
    tier: "quick",
    title: "while a deletion is half done and nobody drives it, no backup is listed that has lost files",
    run: async (world) => {
      const { id } = await world.backUp();
      await world.settled();
      await world.bff({ failpoints: "delete.midRemoval=hold@5" });
      const job = await world.startDelete(id);
      await world.reached("delete.midRemoval");
      expect(await breaksFound(world), "what the store check finds in the middle of a deletion").toEqual([]);
      world.letGo();
      return endedAs(await world.outcome(job), { ends: "succeeded" });
    },
  },
  {
    id: "D5-R-verified",
    row: "D5",
    fault: "R",
    tier: "quick",
    title: "a backup that is being proven is not deleted",
    run: async (world) => {
      const { id } = await world.backUp();
      await world.settled();
      await world.bff({ failpoints: "verify.beforeRecord=hold" });
      const job = await world.startVerify(id);
      await world.reached("verify.beforeRecord");
      const { code } = await (await world.admin()).refusal("deleteBackup", { params: { backupId: id } });
      expect(code).toBe("backup-in-use");
      world.letGo();
      await world.outcome(job);
      await world.deleteBackup(id);
      return `deletion refused: ${code}`;
    },
  },
  {
    id: "D5-R-deleted",
    row: "D5",
    fault: "R",
    tier: "full",
    title: "a backup that is being deleted is not proven",
    run: async (world) => {
      const { id } = await world.backUp();
      await world.settled();
      await world.bff({ failpoints: "delete.beforeUnlist=hold" });
      const job = await world.startDelete(id);
      await world.reached("delete.beforeUnlist");
      const { code } = await (await world.admin()).refusal("verifyBackup", {
        params: { backupId: id },
        body: { level: "L2" },
      });
      expect(["backup-in-use", "cluster-busy"]).toContain(code);
      world.letGo();
      await world.outcome(job);
      return `proof refused: ${code}`;
    },
  },
  {
    id: "D5-R-restored",
    row: "D5",
    fault: "R",
    tier: "quick",
    title: "a backup that is being restored is not deleted",
    run: async (world) => {
      const { id } = await world.backUp();
      await world.settled();
      await world.suspend();
      await world.bff({ failpoints: "restore.beforeCommit=hold" });
      const { reply } = await world.askRestore(id);
      if (reply === undefined || !("state" in reply)) throw new Error("the restore did not begin");
      await world.reached("restore.beforeCommit");
      const { code } = await (await world.admin()).refusal("deleteBackup", { params: { backupId: id } });
      expect(["backup-in-use", "cluster-busy"]).toContain(code);
      world.letGo();
      endedAs(await world.ended(reply.id), { ends: "succeeded" });
      await world.resume();
      await world.keepRestored(reply.id);
      return `deletion refused: ${code}`;
    },
  },
]);

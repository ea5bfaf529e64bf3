import { join } from "node:path";
import { expect } from "vitest";
import { until } from "../harness/processes.ts";
import { type FaultCase, faults } from "./cases.ts";
import { damage, type Harm } from "./damage.ts";
import { endedAs } from "./expect-end.ts";
import type { FaultWorld } from "./world.ts";

const folderOf = (world: FaultWorld, backupId: string) => join(world.stack.servers.storeRoot, "local", backupId);

/** The files are not what the engine says: they are short, gone or one too many when they are measured. */
const SEEN_BY_SIZE: readonly Harm[] = ["truncate", "delete", "extra"];

const measured = SEEN_BY_SIZE.map(
  (harm): FaultCase => ({
    id: `B5-T-${harm}`,
    row: "B5",
    fault: "T",
    tier: harm === "truncate" ? "quick" : "full",
    title: `rows, ${harm}, between the engine's word and the proof: the backup fails, names the file and is not listed`,
    run: async (world, chance) => {
      await world.bff({ failpoints: "backup.afterAck=hold" });
      const job = await world.startBackup();
      if (job?.work.kind !== "backup") throw new Error("the backup did not start");
      await world.reached("backup.afterAck");
      const { path } = damage(folderOf(world, job.work.backupId), "rows", harm, chance, "");
      world.letGo();
      const ended = await world.outcome(job);
      expect("problem" in ended.state && ended.state.problem.detail).toContain(path.split("/").slice(2).join("/"));
      return endedAs(ended, { ends: "failed", code: "proof-failed" });
    },
  }),
);

faults("B5: files that are short after the engine's word", {}, measured);

/** Waits until a backup was proven by itself; answers how it stands. */
function provenByItself(world: FaultWorld, backupId: string) {
  return until("the proof that follows a backup", async () => {
    const backup = (await world.backups()).find(({ id }) => id === backupId);
    return backup?.suspect !== undefined || backup?.proof.level === "L2" ? backup : undefined;
  });
}

faults("L2: the proof that follows each backup by itself", { cluster: { verifyAfterBackup: true } }, [
  {
    id: "L2-C-own",
    row: "L2",
    fault: "C",
    tier: "quick",
    title:
      "bytes that changed right after they were copied: the sizes are right, and the proof that follows by itself makes the backup suspect",
    run: async (world, chance) => {
      await world.bff({ failpoints: "backup.afterAck=hold" });
      const job = await world.startBackup();
      if (job?.work.kind !== "backup") throw new Error("the backup did not start");
      await world.reached("backup.afterAck");
      const { backupId } = job.work;
      const { path } = damage(folderOf(world, backupId), "rows", "flip", chance, "");
      world.letGo();
      const outcome = endedAs(await world.outcome(job), { ends: "succeeded" });
      const { suspect } = await provenByItself(world, backupId);
      expect(suspect?.faults.map(({ subject }) => subject)).toEqual([path]);
      await world.settled();
      await world.deleteBackup(backupId);
      return `${outcome}, then suspect: ${path}`;
    },
  },
  {
    id: "L2-k-own",
    row: "L2",
    fault: "k",
    tier: "quick",
    title: "the BFF killed in the proof that follows a backup by itself: the backup is proven all the same",
    run: async (world) => {
      await world.bff({ failpoints: "verify.beforeRecord=kill" });
      const job = await world.startBackup();
      await world.bffIsGone();
      await world.revive();
      const outcome = endedAs(await world.outcome(job), { ends: "succeeded" });
      if (job?.work.kind !== "backup") throw new Error("the backup did not start");
      const { proof } = await provenByItself(world, job.work.backupId);
      return `${outcome}, ${proof.level}`;
    },
  },
]);

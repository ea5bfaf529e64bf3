import { join } from "node:path";
import type { Backup } from "@snapdeck/contract/backup";
import { expect } from "vitest";
import { CLUSTER_ID } from "../harness/api.ts";
import { breaksFound } from "./aftermath.ts";
import { type FaultCase, faults } from "./cases.ts";
import { damage, FILE_CLASSES, type FileClass, HARMS } from "./damage.ts";
import type { FaultWorld } from "./world.ts";

const ROWS: Record<FileClass, string> = {
  "engine list": "C1",
  rows: "C2",
  definition: "C3",
  marks: "C4",
  manifest: "C5",
  signature: "C6",
};

const QUICK = new Set(
  ["rows flip", "rows delete", "rows extra", "engine list flip"].concat([
    "definition flip",
    "marks flip",
    "manifest swap",
    "signature flip",
  ]),
);

/** Two backups of different data, made before the cluster was suspended; each case damages the first and mends it again. */
let pair: readonly [Backup, Backup];

async function ready(world: FaultWorld): Promise<void> {
  const first = await world.backUp();
  await world.stack.ranks.addRows("orders", 1_000, 500_000);
  await world.stack.ranks.command("INSERT INTO shop.in_log SELECT number, 'later' FROM numbers(10)");
  await world.stack.ranks.command("ALTER TABLE shop.orders ADD COLUMN note String DEFAULT 'none'");
  pair = [first, await world.backUp()];
  await world.settled();
  await world.suspend();
}

const folderOf = (world: FaultWorld, { id }: Backup) => join(world.stack.servers.storeRoot, CLUSTER_ID, id);

const cases = FILE_CLASSES.flatMap((fileClass) =>
  // The manifest and its signature are one file: what only the file can suffer is the manifest's.
  HARMS.filter((harm) => fileClass !== "signature" || ["flip", "truncate", "zero"].includes(harm)).map(
    (harm): FaultCase => ({
      id: `${ROWS[fileClass]}-${harm}`,
      row: ROWS[fileClass],
      fault: harm === "truncate" || harm === "delete" ? "T" : "C",
      tier: QUICK.has(`${fileClass} ${harm}`) ? "quick" : "full",
      title: `${fileClass}, ${harm}: the store check finds it, no proof passes, and no restore touches the data`,
      run: async (world, chance) => {
        const [backup, other] = pair;
        const done = damage(folderOf(world, backup), fileClass, harm, chance, folderOf(world, other));
        try {
          expect(await breaksFound(world), `${done.path}: what the store check finds`).not.toEqual([]);
          // No engine is led by what stands beside its own folder: there, to be found by the store check is enough.
          if (fileClass === "manifest" && harm === "extra") return `${done.path}: found by the store check`;
          // Whoever comes first must not make it easier for the other.
          const acts = [() => proofFails(world, backup, done.path), () => restoreIsRefused(world, backup)];
          const told: string[] = [];
          for (const act of chance.below(2) === 0 ? acts : acts.toReversed()) told.push(await act());
          return `${done.path}: ${told.join("; ")}`;
        } finally {
          done.repair();
          await isGoodAgain(world, backup);
        }
      },
    }),
  ),
);

async function proofFails(world: FaultWorld, { id }: Backup, path: string): Promise<string> {
  const admin = await world.admin();
  const { reply: job, problem } = await admin.ask("verifyBackup", { params: { backupId: id }, body: { level: "L2" } });
  if (job === undefined) return `proof refused: ${problem.code}`;
  const { state } = await world.ended(job.id);
  if (state.name !== "failed") throw new Error(`the proof of a damaged backup ended: ${JSON.stringify(state)}`);
  const { reply } = await admin.ask("getBackup", { params: { backupId: id } });
  if (reply?.suspect !== undefined && !["manifest.json", "proofs"].some((name) => path.startsWith(name))) {
    const named = reply.suspect.faults.map(({ subject }) => subject);
    expect(named, "the files that make it suspect").toContainEqual(expect.stringContaining(path));
  }
  return `proof failed: ${state.problem.code}${reply?.suspect === undefined ? "" : ", suspect"}`;
}

async function restoreIsRefused(world: FaultWorld, { id }: Backup): Promise<string> {
  const { reply, problem } = await world.askRestore(id);
  if (reply === undefined) return `restore refused: ${problem.code}`;
  if (!("state" in reply)) throw new Error("a plan is no restore");
  const { state } = await world.ended(reply.id);
  if (state.name !== "failed") throw new Error(`the restore of a damaged backup ended: ${JSON.stringify(state)}`);
  return `restore failed: ${state.problem.code}`;
}

/** What was mended is proven again, and then nothing speaks against it any more. */
async function isGoodAgain(world: FaultWorld, { id }: Backup): Promise<void> {
  // Its start looks at the store, where the manifest may have been away.
  await world.bff();
  const { state } = await world.outcome(await world.startVerify(id));
  expect(state.name, JSON.stringify(state)).toBe("succeeded");
  expect(await (await world.admin()).get("getBackup", { params: { backupId: id } })).not.toHaveProperty("suspect");
}

faults("C: files that changed on the store", { ready }, cases);

import { cpSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { type Api, CLUSTER_ID } from "../harness/api.ts";
import { until } from "../harness/processes.ts";
import { type FaultCase, faults } from "./cases.ts";
import { contentsOf } from "./contents.ts";
import { damage } from "./damage.ts";
import { endedAs } from "./expect-end.ts";
import { loseConsole, shown } from "./lost-console.ts";
import { copyBackup } from "./signed-copies.ts";
import type { FaultWorld } from "./world.ts";

const folderOf = ({ stack }: FaultWorld, backupId: string) => join(stack.servers.storeRoot, CLUSTER_ID, backupId);

/** Restores that backup and looks at every row; the data of the world is then that of the backup. */
async function restores(world: FaultWorld, backupId: Parameters<FaultWorld["askRestore"]>[0]): Promise<void> {
  const then = world.contents;
  await world.stack.ranks.addRows("orders", 100, 700_000);
  await world.suspend();
  const { reply, problem } = await world.askRestore(backupId);
  if (reply === undefined || !("state" in reply))
    throw new Error(`the restore was refused: ${JSON.stringify(problem)}`);
  endedAs(await world.ended(reply.id), { ends: "succeeded" });
  await world.resume();
  await world.keepRestored(reply.id);
  expect(await contentsOf(world.stack.ranks), "the restored data").toEqual(then);
}

/** Asks for a plan that must be refused, while the cluster still runs; answers by which problem. */
async function refused(world: FaultWorld, backupId: Parameters<FaultWorld["askRestore"]>[0]): Promise<string> {
  const { problem } = await (await world.admin()).ask("planRestore", { params: { backupId } });
  expect(problem, "a plan for a backup that another key signed").toMatchObject({ code: "backup-unusable" });
  expect(problem?.detail).toContain("was not signed by this console");
  expect(problem?.hint).toContain("put the folder of its former keys back");
  return `${problem?.code}: ${problem?.detail}`;
}

/** A backup of each standing: L1 only, L2, L3, and one that was L2 and has become suspect. */
async function oneOfEach(world: FaultWorld, chance: Parameters<FaultCase["run"]>[1]) {
  const [first, second, third, spoilt] = [
    await world.backUp(),
    await world.backUp(),
    await world.backUp(),
    await world.backUp(),
  ];
  for (const { id } of [second, spoilt])
    endedAs(await world.outcome(await world.startVerify(id)), { ends: "succeeded" });
  endedAs(await world.outcome(await world.startVerify(third.id, "L3")), { ends: "succeeded" });
  const { repair } = damage(folderOf(world, spoilt.id), "rows", "flip", chance, folderOf(world, first.id));
  endedAs(await world.outcome(await world.startVerify(spoilt.id)), { ends: "failed", code: "proof-failed" });
  return { first, third, spoilt, repair };
}

const levels = async (world: FaultWorld) =>
  (await world.backups()).map(({ proof, suspect }) => (suspect === undefined ? proof.level : "suspect")).toSorted();

faults("X3: a console that is lost", {}, [
  {
    id: "X3-T-none",
    row: "X3",
    fault: "T",
    tier: "quick",
    title: "the state of a console without backups is gone: the next one is set up anew and backs up",
    run: async (world) => {
      await loseConsole(world);
      expect(await world.backups()).toEqual([]);
      await world.deleteBackup((await world.backUp()).id);
      return "no backup was listed, and none is";
    },
  },
  {
    id: "X3-T-state",
    row: "X3",
    fault: "T",
    tier: "quick",
    title:
      "the state is gone: the next console lists every backup with its proofs, also the suspect one, and restores by checksum",
    run: async (world, chance) => {
      const { third, spoilt, repair } = await oneOfEach(world, chance);
      const before = shown(await world.backups());
      await loseConsole(world);
      expect(shown(await world.backups()), "the backups as shown").toEqual(before);
      const told = await levels(world);
      await restores(world, third.id);
      const { problem } = await (await world.admin()).ask("planRestore", { params: { backupId: spoilt.id } });
      expect(problem, "a plan for a suspect backup").toBeUndefined();
      repair();
      for (const { id } of before) await world.deleteBackup(id);
      return `listed as before: ${told.join(", ")}`;
    },
  },
  {
    id: "X3-T-keys",
    row: "X3",
    fault: "T",
    tier: "quick",
    title:
      "state and keys are gone: the backups are listed, and none is believed or restored; with the keys put back all is as before",
    run: async (world, chance) => {
      const { third, repair } = await oneOfEach(world, chance);
      const before = shown(await world.backups());
      const { home } = world.stack.servers;
      cpSync(join(home, "keys"), join(home, "kept-keys"), { recursive: true });
      await loseConsole(world, ["keys"]);
      const listed = shown(await world.backups());
      expect(
        listed.map(({ id }) => id),
        "the backups that are listed",
      ).toEqual(before.map(({ id }) => id));
      expect(new Set(await levels(world)), "proofs that another key signed count for nothing").toEqual(new Set(["L1"]));
      const refusal = await refused(world, third.id);
      expect(
        (await world.backups()).map(({ id }) => id),
        "the backups that are still listed",
      ).toContain(third.id);
      await world.killBff();
      rmSync(join(home, "keys"), { recursive: true });
      renameSync(join(home, "kept-keys"), join(home, "keys"));
      await loseConsole(world);
      expect(shown(await world.backups()), "the backups as shown").toEqual(before);
      await restores(world, third.id);
      repair();
      for (const { id } of before) await world.deleteBackup(id);
      return `listed at L1; plan refused: ${refusal}`;
    },
  },
]);

/** So many backups as three years of nightly ones. */
const MANY = 1_000;

/** A cluster so small that its backups are mere folders. */
async function small(world: FaultWorld): Promise<void> {
  for (const name of ["shop", "`Old Stock`"]) await world.stack.ranks.command(`DROP DATABASE ${name} SYNC`);
  await world.stack.ranks.makeTable("orders", 10);
  await world.remember();
}

async function allListed(admin: Api): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await admin.get("listBackups", { query: { limit: 200, ...(cursor === undefined ? {} : { cursor }) } });
    ids.push(...page.items.map(({ id }) => id));
    if (page.next === null) return ids;
    cursor = page.next;
  }
}

faults("X3: a console that is lost, of many backups", { ready: small }, [
  {
    id: "X3-T-thousand",
    row: "X3",
    fault: "T",
    tier: "full",
    title: `the state is gone, and ${MANY} backups are on the store: the next console lists them all and restores one`,
    run: async (world) => {
      const { id } = await world.backUp();
      const { home } = world.stack.servers;
      const copies = copyBackup(folderOf(world, id), join(home, "keys"), MANY - 1);
      await loseConsole(world);
      const admin = await world.admin();
      const since = performance.now();
      // It serves at once and reads the store meanwhile.
      const listed = await until(
        `${MANY} backups are listed`,
        async () => {
          const ids = await allListed(admin);
          return ids.length >= MANY ? ids : undefined;
        },
        60_000,
      );
      const tookMs = Math.round(performance.now() - since);
      expect(listed.toSorted()).toEqual([...copies, id].toSorted());
      const [oldest, ...others] = copies;
      if (oldest === undefined) throw new Error("there is no copy");
      await restores(world, oldest);
      for (const other of others) rmSync(folderOf(world, other), { recursive: true });
      await world.bff();
      for (const left of [oldest, id]) await world.deleteBackup(left);
      return `${listed.length} listed within ${tookMs} ms`;
    },
  },
]);

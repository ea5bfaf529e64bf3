import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "@snapdeck/contract/job";
import { expect } from "vitest";
import { isAlive, until } from "../harness/processes.ts";
import { type FaultCase, faults } from "./cases.ts";
import { endedAs } from "./expect-end.ts";
import { backUpUntil } from "./slow-backup.ts";
import { spoil } from "./spoiled-calls.ts";
import { filesNobodyOwns } from "./store-files.ts";
import type { FaultWorld } from "./world.ts";

/** So many BFFs may die under one job (J5 to J8 of the matrix). */
const MOST_DEATHS = 5;

/** How many BACKUPs the rank was ever sent since its process began. */
async function backupsOfRank({ stack }: FaultWorld): Promise<number> {
  const [rows] = await stack.ranks.visit((ask) =>
    ask<{ backups: string }>("SELECT toString(count()) AS backups FROM system.backups WHERE name LIKE '%File(%'"),
  );
  return Number(rows?.[0]?.backups);
}

/** The BFF dies at that call of its SQLite library on the write-ahead log: what was written before it is there, and nothing after. */
const killedAtCall = (call: "pwrite64" | "fsync", at: number, tier: FaultCase["tier"]): FaultCase => ({
  id: `J4-k-${call}-${at}`,
  row: "J4",
  fault: "k",
  tier,
  needs: "strace",
  title: `the BFF killed at its ${at}. ${call} on the journal of its state: what it stored is there whole or not at all`,
  run: async (world) => {
    await world.bff();
    const known = new Set((await world.jobs()).map(({ id }) => id));
    const done = await spoil({
      pid: world.stack.servers.bff.pid,
      calls: call,
      path: `${world.stack.servers.home}/state/state.sqlite-wal`,
      inject: `${call}:signal=SIGKILL:when=${at}`,
    });
    const asked = world.startBackup();
    asked.catch(() => undefined);
    await world.bffIsGone();
    // Whoever looks into a process holds its sockets open too.
    await done();
    const job = await asked;
    await world.revive();
    const [stored] = (await world.jobs()).filter(({ id }) => !known.has(id));
    if (stored === undefined) {
      expect(job, "an order that was answered").toBeUndefined();
      return "not stored, so not begun";
    }
    return endedAs(await world.outcome(stored), { ends: ["succeeded", "interrupted"], code: "interrupted" });
  },
});

faults("J4: a console killed between journal and commit", {}, [
  killedAtCall("fsync", 1, "quick"),
  killedAtCall("pwrite64", 1, "full"),
  killedAtCall("pwrite64", 3, "full"),
  ...[1, 2, 3].map(
    (time): FaultCase => ({
      ...killedAtCall("fsync", 1, "full"),
      id: `J4-k-random-${time}`,
      title: "the BFF killed at any call on the journal of its state: what it stored is there whole or not at all",
      run: (world, chance) => {
        const call = chance.pick(["pwrite64", "fsync"] as const);
        return killedAtCall(call, 1 + chance.below(call === "fsync" ? 6 : 20), "full").run(world, chance);
      },
    }),
  ),
]);

/** The BFF dies in the middle of a copy, and `back` brings it back; the rank goes on alone meanwhile. */
const deadUntil = (back: (world: FaultWorld) => Promise<void>): FaultCase["run"] => {
  return async (world) => {
    const job = await backUpUntil(world, 0.1);
    const sent = await backupsOfRank(world);
    await world.killBff();
    await back(world);
    const outcome = endedAs(await world.outcome(job), { ends: "succeeded" });
    expect(await backupsOfRank(world), "what the rank was sent").toBe(sent);
    return outcome;
  };
};

/** A job that kills whoever drives it: its BFF is started again until it is not taken up any more. */
async function killsItsDrivers(world: FaultWorld, failpoints: string, start: () => Promise<Job | undefined>) {
  await world.bff({ failpoints });
  await start();
  await world.bffIsGone();
  for (let deaths = 1; deaths < MOST_DEATHS; deaths += 1) {
    // It may die before it could say that it serves.
    await world.bff({ failpoints }).catch(() => undefined);
    await world.bffIsGone();
  }
  // Armed as before it lives because it leaves the job alone; to be claimed, the job has to be looked at.
  await world.bff(failpoints.startsWith("job.afterClaim") ? {} : { failpoints });
  const job = await world.outcome();
  const outcome = endedAs(job, { ends: "failed", code: "interrupted" });
  expect("problem" in job.state && job.state.problem.detail).toContain(`died ${MOST_DEATHS} times`);
  // It holds nothing any more either.
  await world.bff();
  await world.backUp();
  return `${outcome}, parked`;
}

const poison = (
  id: string,
  tier: FaultCase["tier"],
  failpoints: string,
  start: (world: FaultWorld) => Promise<Job | undefined>,
): FaultCase => ({
  id: `J6-k-${id}`,
  row: "J6",
  fault: "k",
  tier,
  title: `a job that killed ${MOST_DEATHS} BFFs (${failpoints}) is parked as failed and says so; the next backup works`,
  run: (world) => killsItsDrivers(world, failpoints, () => start(world)),
});

/** Made while nothing is armed. */
async function aBackup(world: FaultWorld) {
  const [backup] = await world.backups();
  if (backup === undefined) throw new Error("there is no backup");
  return backup.id;
}

const withBackup = (each: FaultCase): FaultCase => ({
  ...each,
  run: async (world, chance) => {
    await world.backUp();
    return each.run(world, chance);
  },
});

faults("J5 to J8: a console that is away, or dies again and again", {}, [
  {
    id: "J5-k-10s",
    row: "J5",
    fault: "k",
    tier: "full",
    title: "a BFF that is dead for 10 s in the middle of a backup takes it up: nothing is sent a second time",
    run: deadUntil(async (world) => {
      await sleep(10_000);
      await world.bff();
    }),
  },
  {
    id: "J5-k-10min",
    row: "J5",
    fault: "k",
    tier: "quick",
    title: "a BFF that comes back 10 min later by its clock takes the backup up, which the rank has ended long ago",
    run: deadUntil(async (world) => {
      await world.bff({ failpoints: "job.beforeClaim=hold", movableClock: true });
      world.moveClock(10 * 60_000);
      world.letGo();
    }),
  },
  {
    id: "J5-k-forever",
    row: "J5",
    fault: "k",
    tier: "full",
    title: "a BFF that does not come back leaves no backup that anybody would believe in",
    run: async (world) => {
      const job = await backUpUntil(world, 0.1);
      const listed = (await world.backups()).map(({ id }) => id);
      await world.killBff();
      await until("the rank has ended its copy", async () => {
        const [rows] = await world.stack.ranks.visit((ask) =>
          ask<{ status: string }>(
            "SELECT toString(status) AS status FROM system.backups ORDER BY start_time DESC LIMIT 1",
          ),
        );
        return rows?.[0]?.status === "BACKUP_CREATED" || undefined;
      });
      expect(
        filesNobodyOwns(world.stack.servers.storeRoot, listed).some((path) => path.endsWith("manifest.json")),
      ).toBe(false);
      await world.revive();
      return endedAs(await world.outcome(job), { ends: "succeeded" });
    },
  },
  poison("claimed", "full", "job.afterClaim=kill", (world) => world.startBackup()),
  poison("backup", "quick", "backup.afterAck=kill", (world) => world.startBackup()),
  withBackup(
    poison("proof", "full", "verify.beforeRecord=kill", async (world) => world.startVerify(await aBackup(world))),
  ),
  withBackup(
    poison("deletion", "full", "delete.midRemoval=kill", async (world) => world.startDelete(await aBackup(world))),
  ),
  {
    id: "J8-k-adopted",
    row: "J8",
    fault: "k",
    tier: "quick",
    title: "BACKUP that still runs in the rank when a new BFF starts is adopted, and none is sent beside it",
    run: async (world) => {
      const job = await backUpUntil(world, 0.2);
      const before = await backupsOfRank(world);
      await world.bff();
      const outcome = endedAs(await world.outcome(job), { ends: "succeeded" });
      expect(await backupsOfRank(world)).toBe(before);
      return outcome;
    },
  },
  {
    id: "J8-Z-rank-left",
    row: "J8",
    fault: "Z",
    tier: "full",
    title: "a rank that hangs and outlives host manager and BFF is ended by the next host manager, which then serves",
    run: async (world) => {
      const job = await backUpUntil(world, 0.2);
      const pid = await world.rankPid();
      world.pause(pid);
      await world.killHost();
      await world.killBff();
      expect(isAlive(pid)).toBe(true);
      // Before it serves, it waits 25 s for the rank to end by itself.
      await world.host();
      expect(isAlive(pid), "the rank that was left").toBe(false);
      await world.revive();
      return endedAs(await world.outcome(job), { ends: "interrupted", code: "interrupted" });
    },
  },
]);

import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { type FaultCase, faults } from "./cases.ts";
import { endedAs } from "./expect-end.ts";
import { postgresForCases } from "./postgres.ts";
import { backUpUntil } from "./slow-backup.ts";
import type { FaultWorld } from "./world.ts";

const postgres = postgresForCases();

/** Longer than a lease of 10 s lasts, and than one transaction is begun anew. */
const LONG_MS = 15_000;

const BRIEF_MS = 1_000;

/** Longer than a statement may take (8 s): whoever waits for an answer gives up and asks again. */
const FROZEN_MS = 9_000;

/** So long and so often are connections cut, in milliseconds. */
const CUT_MS = 4_000;
const CUT_EVERY_MS = 50;

async function restarted(awayMs: number): Promise<void> {
  await postgres().crash();
  await sleep(awayMs);
  await postgres().start();
}

/** Ends every connection of the console, whatever it was doing, as an administrator can. */
async function cutAll(): Promise<void> {
  await postgres().query(
    "postgres",
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'snapdeck'",
  );
}

/** Orders one backup until the order is taken, under one key; answers how often it was refused. */
async function insists(world: FaultWorld): Promise<number> {
  const admin = await world.admin();
  const headers = { "idempotency-key": `insists-${Date.now()}` };
  for (let refused = 0; ; refused += 1) {
    const { problem } = await admin.ask("startBackup", { headers });
    if (problem === undefined) return refused;
    expect(problem.code, "why an order is refused while connections are cut").toBe("state-unavailable");
  }
}

/** The database is killed while the BFF stands at a failpoint, and comes back `awayMs` after it went on. */
const lostAt = (failpoint: string, awayMs: number, tier: FaultCase["tier"]): FaultCase => ({
  id: `J3-D-${failpoint}${awayMs === LONG_MS ? "-long" : ""}`,
  row: "J3",
  fault: "D",
  tier,
  title: `PostgreSQL killed at ${failpoint}, and back after ${awayMs / 1_000} s: the backup is listed, and its job has one end`,
  run: async (world) => {
    await world.bff({ failpoints: `${failpoint}=hold` });
    const job = await world.startBackup();
    await world.reached(failpoint);
    await postgres().crash();
    world.letGo();
    await sleep(awayMs);
    await postgres().start();
    await world.settled();
    return endedAs(await world.outcome(job), { ends: "succeeded" });
  },
});

faults("J3: a state database that is lost", { database: () => postgres().freshDatabase() }, [
  lostAt("backup.beforeManifest", BRIEF_MS, "quick"),
  lostAt("job.beforeSave", BRIEF_MS, "full"),
  lostAt("job.beforeClaim", BRIEF_MS, "full"),
  lostAt("backup.afterAck", LONG_MS, "full"),
  lostAt("job.beforeSave", LONG_MS, "full"),
  {
    id: "J3-D-copying",
    row: "J3",
    fault: "D",
    tier: "full",
    title: "PostgreSQL killed while a backup copies and stores how far it is: the job settles",
    run: async (world) => {
      const job = await backUpUntil(world, 0.2);
      await restarted(BRIEF_MS);
      return endedAs(await world.outcome(job), { ends: "succeeded" });
    },
  },
  {
    id: "J3-D-cut",
    row: "J3",
    fault: "D",
    tier: "quick",
    title: "every connection to PostgreSQL cut, again and again, while a backup is ordered and taken: it is taken once",
    run: async (world) => {
      await world.bff();
      const known = new Set((await world.jobs()).map(({ id }) => id));
      const endsAtMs = performance.now() + CUT_MS;
      const cutting = (async () => {
        while (performance.now() < endsAtMs) {
          await cutAll();
          await sleep(CUT_EVERY_MS);
        }
      })();
      const [refused] = await Promise.all([insists(world), cutting]);
      await world.settled();
      const made = (await world.jobs()).filter(({ id }) => !known.has(id));
      expect(made, "jobs that were made of one order").toHaveLength(1);
      return `${endedAs(await world.outcome(made[0]), { ends: "succeeded" })}, asked for ${refused + 1} times`;
    },
  },
  {
    id: "J3-D-frozen",
    row: "J3",
    fault: "D",
    tier: "full",
    title: "PostgreSQL that stands still for as long as a statement may take, and goes on: the job settles",
    run: async (world) => {
      await world.bff({ failpoints: "backup.afterAck=hold" });
      const job = await world.startBackup();
      await world.reached("backup.afterAck");
      postgres().freeze("SIGSTOP");
      try {
        world.letGo();
        await sleep(FROZEN_MS);
      } finally {
        postgres().freeze("SIGCONT");
      }
      return endedAs(await world.outcome(job), { ends: "succeeded" });
    },
  },
  {
    id: "J3-Z-database",
    row: "J3",
    fault: "Z",
    tier: "full",
    title:
      "PostgreSQL, BFF, host manager and ranks killed at once: the job is told to be interrupted, and nothing of it is left",
    run: async (world) => {
      await world.bff({ failpoints: "backup.beforeManifest=hold" });
      const job = await world.startBackup();
      await world.reached("backup.beforeManifest");
      await Promise.all([postgres().crash(), world.killAll()]);
      await postgres().start();
      await world.revive();
      return endedAs(await world.outcome(job), { ends: "interrupted", code: "interrupted" });
    },
  },
  ...[1, 2, 3].map(
    (time): FaultCase => ({
      id: `J3-D-random-${time}`,
      row: "J3",
      fault: "D",
      tier: "full",
      title: "PostgreSQL killed at any moment of a backup: listed or not, the job and the list agree",
      run: async (world: FaultWorld, chance) => {
        await world.bff();
        const job = await world.startBackup();
        await sleep(chance.below(1_500));
        await restarted(chance.below(3_000));
        await world.settled();
        return endedAs(await world.outcome(job), { ends: "succeeded" });
      },
    }),
  ),
]);

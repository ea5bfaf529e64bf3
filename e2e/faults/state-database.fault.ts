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
  lostAt("job.beforeSave", BRIEF_MS, "quick"),
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
    title: "every connection to PostgreSQL cut, again and again, while jobs run: each is done once",
    run: async (world) => {
      await world.bff();
      const until = performance.now() + 4_000;
      const cutting = (async () => {
        while (performance.now() < until) {
          await cutAll();
          await sleep(50);
        }
      })();
      const { id } = await world.backUp();
      await world.outcome(await world.startVerify(id));
      await world.outcome(await world.startDelete(id));
      await cutting;
      expect((await world.backups()).map((backup) => backup.id)).not.toContain(id);
      return "backed up, proven and deleted meanwhile";
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

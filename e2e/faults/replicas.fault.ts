import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Job } from "@snapdeck/contract/job";
import type { JobId } from "@snapdeck/contract/scalars";
import { expect } from "vitest";
import { z } from "zod";
import { until } from "../harness/processes.ts";
import { type FaultCase, faults } from "./cases.ts";
import { type End, endedAs } from "./expect-end.ts";
import { OldAndNew } from "./old-and-new.ts";
import { postgresForCases } from "./postgres.ts";
import { Replica } from "./replica.ts";
import type { FaultWorld } from "./world.ts";

const postgres = postgresForCases();
const database = () => postgres().freshDatabase();

/** Where a BFF is paused until another has brought its job to the end. */
type Stolen = End & {
  readonly failpoint: string;
  readonly tier: FaultCase["tier"];
  readonly moment: string;
  readonly start: (world: FaultWorld) => Promise<Job | undefined>;
  /** Awake again it has no work of that job under way, and finds that there is nothing to drive. */
  readonly findsNothing?: boolean;
};

/** What is stored of a job: every state that it came to, its leases, and how many ends the audit trail tells of. */
async function recordOf(world: FaultWorld, jobId: JobId): Promise<string> {
  if (!("databaseUrl" in world.state)) throw new Error("these cases keep the state on PostgreSQL");
  const { pathname } = new URL(world.state.databaseUrl);
  const { rows } = await postgres().query(
    pathname.slice(1),
    `select (select string_agg(seq || ' ' || (job::json -> 'state' ->> 'name'), ', ' order by seq)
               from job_changes where job::json ->> 'id' = '${jobId}')
            || '; leases: ' || (select count(*) from job_leases where job_id = '${jobId}')
            || '; ends: ' || (select count(*) from audit where act = 'job.end' and target like '%${jobId}%') as record`,
  );
  return Record.parse(rows[0]).record;
}

const Record = z.object({ record: z.string() });

/** How often the BFF of the world said that it lost a job to another. */
function losses({ stack }: FaultWorld): number {
  return readFileSync(join(stack.servers.logs, "bff.log"), "utf8").split("another process drives this job now").length;
}

const stolenAt = ({ failpoint, tier, moment, start, findsNothing = false, ...end }: Stolen): FaultCase => ({
  id: `J2-P-${failpoint}`,
  row: "J2",
  fault: "P",
  tier,
  title: `a BFF that stands still ${moment} until another took its job over: awake again it writes nothing, and the job has one end`,
  run: async (world) => {
    await world.bff({ failpoints: `${failpoint}=hold` });
    const before = losses(world);
    const job = await start(world);
    if (job === undefined) throw new Error("the job did not start");
    await world.reached(failpoint);
    world.pause(world.stack.servers.bff.pid);
    const replica = await Replica.beside(world);
    try {
      const outcome = endedAs(await replica.ended(job.id), end);
      const record = await recordOf(world, job.id);
      expect(record, "what is stored of the end").toMatch(/; leases: 0; ends: 1$/);
      world.letGo();
      world.goOn();
      await until("the BFF that slept knows that it lost the job", async () => {
        expect(await recordOf(world, job.id), "what is stored of the end while the other wakes up").toBe(record);
        return findsNothing || losses(world) > before || undefined;
      });
      // It answers, so it has gone on.
      await world.backups();
      expect(await recordOf(world, job.id), "what is stored of the end after the other woke up").toBe(record);
      return `${outcome}, by the other`;
    } finally {
      world.goOn();
      await replica.stop();
    }
  },
});

const startBackup = (world: FaultWorld) => world.startBackup();

async function startProof(world: FaultWorld) {
  const { id } = await world.backUp();
  return world.startVerify(id);
}

async function startDeletion(world: FaultWorld) {
  const [backup] = await world.backups();
  return world.startDelete(backup?.id ?? (await world.backUp()).id);
}

faults("J2: a job that another BFF took over", { database }, [
  ...[
    {
      failpoint: "job.afterClaim",
      tier: "full",
      moment: "right after it claimed a backup",
      start: startBackup,
      findsNothing: true,
      ends: "succeeded",
    } as const,
    {
      failpoint: "backup.beforeCopy",
      tier: "full",
      moment: "before it sends BACKUP",
      start: startBackup,
      ends: "interrupted",
      code: "interrupted",
    } as const,
    {
      failpoint: "backup.beforeManifest",
      tier: "quick",
      moment: "before it publishes the manifest",
      start: startBackup,
      ends: "succeeded",
    } as const,
    {
      failpoint: "job.beforeSave",
      tier: "full",
      moment: "before it stores the end",
      start: startBackup,
      ends: "succeeded",
    } as const,
    {
      failpoint: "verify.beforeRecord",
      tier: "full",
      moment: "before it writes a proof down",
      start: startProof,
      ends: "succeeded",
    } as const,
    {
      failpoint: "delete.beforeUnlist",
      tier: "full",
      moment: "before it unlists a backup",
      start: startDeletion,
      ends: "succeeded",
    } as const,
  ].map(stolenAt),
  {
    id: "J2-k-driver",
    row: "J2",
    fault: "k",
    tier: "full",
    title: "a BFF that is killed in the middle of a backup is replaced by the other at once",
    run: async (world) => {
      await world.bff({ failpoints: "backup.afterAck=kill" });
      const replica = await startAfterClaim(world);
      try {
        const [job] = (await replica.api.get("listJobs", { query: { limit: 1 } })).items;
        if (job === undefined) throw new Error("no job was stored");
        return `${endedAs(await replica.ended(job.id), { ends: "succeeded" })}, by the other`;
      } finally {
        await replica.stop();
      }
    },
  },
  {
    id: "J2-R-two",
    row: "J2",
    fault: "R",
    tier: "quick",
    title: "of 50 orders at two BFFs at the same moment one is taken; the others name its job",
    run: async (world) => {
      const replica = await Replica.beside(world);
      try {
        const apis = [await world.admin(), replica.api];
        const answers = await Promise.all(
          Array.from({ length: 50 }, (_, at) => apis[at % 2]).map((api) => api?.ask("startBackup")),
        );
        const taken = answers.flatMap((answer) => (answer?.reply === undefined ? [] : [answer.reply]));
        expect(taken, "orders that were taken").toHaveLength(1);
        const [job] = taken;
        const refusals = answers.flatMap((answer) => (answer?.problem === undefined ? [] : [answer.problem]));
        for (const { code, jobId } of refusals) expect([code, jobId]).toEqual(["cluster-busy", job?.id]);
        // A lock that one took binds the other as long as the job is under way, and each shows the same end.
        const ended = await world.outcome(job);
        expect(await replica.ended(ended.id)).toEqual(ended);
        return `${endedAs(ended, { ends: "succeeded" })}, 49 refused`;
      } finally {
        await replica.stop();
      }
    },
  },
]);

/** The replica comes when the first has the job already, so that there is something to take over. */
async function startAfterClaim(world: FaultWorld): Promise<Replica> {
  await world.startBackup();
  await world.bffIsGone();
  return Replica.beside(world);
}

const data = new OldAndNew();

faults(
  "J2: a restore that another BFF took over",
  { database, ready: data.ready },
  [
    stolenAt({
      failpoint: "restore.beforeCommit",
      tier: "full",
      moment: "before it asks for the swap",
      start: data.restore,
      ends: "succeeded",
    }),
  ].map(data.judged),
);

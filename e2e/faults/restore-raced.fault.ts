import type { Job } from "@snapdeck/contract/job";
import { expect } from "vitest";
import type { Answer, Api } from "../harness/api.ts";
import { CLUSTER_NAME } from "../harness/servers.ts";
import { type FaultCase, faults } from "./cases.ts";
import { endedAs } from "./expect-end.ts";
import { OldAndNew, startUndo } from "./old-and-new.ts";
import { orderHost } from "./order-host.ts";
import { withLock } from "./taken-data.ts";
import type { FaultWorld } from "./world.ts";

const data = new OldAndNew();

const BEN = { username: "ben", password: "ben restores at the same time" };

/** A second admin, who signs in anew in each world. */
async function otherAdmin(world: FaultWorld): Promise<Api> {
  const admin = await world.admin();
  const { problem } = await admin.ask("createUser", { body: { ...BEN, role: "admin" } });
  if (problem !== undefined && problem.code !== "user-exists") throw new Error(problem.code);
  const ben = world.stack.anyone();
  await ben.signIn(BEN.username, BEN.password);
  return ben;
}

const plan = (admin: Api) => admin.get("planRestore", { params: { backupId: data.backup.id } });

/** One of them began a restore; the others were refused, and told of it. */
async function oneWins(world: FaultWorld, asked: readonly Promise<Answer<"startRestore">>[]): Promise<string> {
  const answers = await Promise.all(asked);
  const jobs = answers.flatMap(({ reply }) => (reply === undefined ? [] : [reply]));
  expect(jobs, "restores that began").toHaveLength(1);
  for (const { status, problem } of answers) {
    if (problem === undefined) continue;
    expect(status, problem.code).toBe(409);
    // A plan serves once: who comes with one that was used is told of the job as well.
    expect(problem, problem.detail).toMatchObject({ code: "cluster-busy", jobId: jobs[0]?.id });
  }
  endedAs(await world.outcome(jobs[0]), { ends: "succeeded" });
  return `one of ${answers.length} began`;
}

const raced = (id: string, title: string, run: FaultCase["run"], tier: FaultCase["tier"] = "quick"): FaultCase => ({
  id,
  row: id.slice(0, 2),
  fault: "R",
  tier,
  title,
  run,
});

const RACES: FaultCase[] = [
  raced("R9-R-double-click", "two clicks on one plan begin one restore, and the other is told of it", async (world) => {
    const admin = await world.admin();
    const { id } = await plan(admin);
    const order = () => admin.ask("startRestore", { body: { planId: id, clusterName: CLUSTER_NAME } });
    return oneWins(world, [order(), order()]);
  }),
  raced(
    "R9-R-two-users",
    "two users with a plan each begin one restore, and the other is told of it",
    async (world) => {
      const [ana, ben] = [await world.admin(), await otherAdmin(world)];
      const [first, second] = await Promise.all([plan(ana), plan(ben)]);
      return oneWins(world, [
        ana.ask("startRestore", { body: { planId: first.id, clusterName: CLUSTER_NAME } }),
        ben.ask("startRestore", { body: { planId: second.id, clusterName: CLUSTER_NAME } }),
      ]);
    },
  ),
  raced(
    "R9-R-ten",
    "ten at once begin one restore",
    async (world) => {
      const admin = await world.admin();
      const plans = await Promise.all(Array.from({ length: 10 }, () => plan(admin)));
      return oneWins(
        world,
        plans.map(({ id }) => admin.ask("startRestore", { body: { planId: id, clusterName: CLUSTER_NAME } })),
      );
    },
    "full",
  ),
  raced(
    "R9-R-replay",
    "a request that is sent again with its key is the same job, also to a BFF that was started anew",
    async (world) => {
      const admin = await world.admin();
      const { id } = await plan(admin);
      const headers = { "idempotency-key": `restore-${id}` };
      const order = () => admin.get("startRestore", { body: { planId: id, clusterName: CLUSTER_NAME }, headers });
      const [first, second] = await Promise.all([order(), order()]);
      expect(second.id, "the job of the request sent twice").toBe(first.id);
      await world.bff();
      // Its plan went with the first BFF.
      const third = await admin.ask("startRestore", { body: { planId: id, clusterName: CLUSTER_NAME }, headers });
      if (third.reply !== undefined)
        expect(third.reply.id, "the job of the request sent to another BFF").toBe(first.id);
      else expect(third.problem.code).toBe("plan-stale");
      endedAs(await world.outcome(first), { ends: ["succeeded", "interrupted"], code: "interrupted" });
      return `one job; after a new start ${third.problem?.code ?? "the same"}`;
    },
  ),
  raced(
    "R9-R-resume",
    "a restore and a resume at once: one begins, the other is told of it",
    async (world) => {
      const admin = await world.admin();
      const { id } = await plan(admin);
      const [restored, resumed] = await Promise.all([
        admin.ask("startRestore", { body: { planId: id, clusterName: CLUSTER_NAME } }),
        admin.ask("resumeCluster"),
      ]);
      const began = [restored.reply, resumed.reply].flatMap((job) => (job === undefined ? [] : [job]));
      expect(began, "jobs that began").toHaveLength(1);
      expect([restored.problem, resumed.problem]).toContainEqual(expect.objectContaining({ jobId: began[0]?.id }));
      endedAs(await world.outcome(began[0]), { ends: "succeeded" });
      if (resumed.reply !== undefined) {
        await world.stack.suspend();
        await world.remember();
      }
      return `${began[0]?.work.kind} began`;
    },
    "full",
  ),
];

async function heldAt(world: FaultWorld, failpoint: string): Promise<Job | undefined> {
  await world.bff({ failpoints: `${failpoint}=hold` });
  const job = await data.restore(world);
  await world.reached(failpoint);
  return job;
}

const LIES: FaultCase[] = [
  {
    id: "S4-R-resume",
    row: "S4",
    fault: "R",
    tier: "quick",
    title: "a resume in the middle of a restore is refused, by Snapdeck and by the host manager",
    run: async (world) => {
      const job = await heldAt(world, "restore.beforeCommit");
      const refused = await (await world.admin()).refusal("resumeCluster");
      expect(refused.problem, refused.problem.detail).toMatchObject({ code: "cluster-busy", jobId: job?.id });
      const direct = await orderHost(world, "resume", { fencingToken: Date.now() + 1 });
      expect(direct, "a resume from beside Snapdeck").toMatchObject({ status: 409, code: "restore-in-progress" });
      world.letGo();
      return endedAs(await world.outcome(job), { ends: "succeeded" });
    },
  },
  {
    id: "S6-X-open",
    row: "S6",
    fault: "X",
    tier: "quick",
    title: "a cluster that says suspended while a process holds its data is not restored",
    run: (world) =>
      withLock(world, async () => {
        const outcome = endedAs(await world.outcome(await data.restore(world)), {
          ends: "failed",
          code: "cluster-not-suspended",
        });
        return `${outcome}, nothing was made`;
      }),
  },
  {
    id: "S6-X-commit",
    row: "S6",
    fault: "X",
    tier: "quick",
    title: "a process that takes the data in the middle of a restore keeps it: nothing is swapped",
    run: async (world) => {
      const job = await heldAt(world, "restore.beforeCommit");
      return withLock(world, async () => {
        world.letGo();
        return endedAs(await world.outcome(job), { ends: "failed", code: "cluster-not-suspended" });
      });
    },
  },
  {
    id: "S6-X-seal",
    row: "S6",
    fault: "X",
    tier: "full",
    title: "a process that takes the data right before the swap keeps it: nothing is swapped",
    run: async (world) => {
      await world.host({ failpoints: "seal.afterSync=hold" });
      const job = await data.restore(world);
      await world.reached("seal.afterSync");
      return withLock(world, async () => {
        world.letGo();
        return endedAs(await world.outcome(job), { ends: "failed", code: "engine-failed" });
      });
    },
  },
];

const UNDONE_TWICE = raced(
  "R9-R-undo",
  "an undo is not undone twice at once",
  async (world) => {
    const restoreId = await data.restored(world);
    const asked = await Promise.allSettled([startUndo(world, restoreId), startUndo(world, restoreId)]);
    const jobs = asked.flatMap((answer) =>
      answer.status === "fulfilled" && answer.value !== undefined ? [answer.value] : [],
    );
    expect(jobs, "undos that began").toHaveLength(1);
    return endedAs(await world.outcome(jobs[0]), { ends: "succeeded" });
  },
  "full",
);

faults("R9, S4 and S6: restores that are raced", { ready: data.ready }, [
  ...[...RACES, ...LIES].map(data.judged),
  UNDONE_TWICE,
]);

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "@snapdeck/contract/job";
import { expect } from "vitest";
import { until } from "../harness/processes.ts";
import { type FaultCase, faults, quickWith } from "./cases.ts";
import { endedAs } from "./expect-end.ts";
import { type HostCrash, hostCrashesAt } from "./host-crash-at.ts";
import { orderHost } from "./order-host.ts";
import { withLock } from "./taken-data.ts";
import type { FaultWorld } from "./world.ts";

const suspend = (world: FaultWorld) => world.start("suspend", (admin) => admin.get("suspendCluster"));
const resume = (world: FaultWorld) => world.start("resume", (admin) => admin.get("resumeCluster"));

async function ready(world: FaultWorld): Promise<void> {
  await world.backUp();
  await world.settled();
}

async function state({ stack }: FaultWorld) {
  return (await stack.ranks.status()).state;
}

/** Every case begins and ends with a cluster that runs; its rows are read afterwards. */
const runsAgain = (each: FaultCase): FaultCase => ({
  ...each,
  run: async (world, chance) => {
    const outcome = await each.run(world, chance);
    await world.revive();
    await world.settled();
    if ((await state(world)) === "suspended") await world.stack.resume();
    return outcome;
  },
});

const fromSuspended = (each: FaultCase): FaultCase => ({
  ...each,
  run: async (world, chance) => {
    await world.stack.suspend();
    return each.run(world, chance);
  },
});

async function newestBackup(world: FaultWorld) {
  const [backup] = await world.backups();
  if (backup === undefined) throw new Error("there is no backup");
  return backup.id;
}

/** A restore asked for now is refused, by Snapdeck and by the host manager, with one of those codes. */
async function noRestore(world: FaultWorld, codes: readonly string[]): Promise<string> {
  const { problem } = await world.askRestore(await newestBackup(world));
  expect(codes, problem?.detail ?? "a restore began").toContain(problem?.code);
  const direct = await orderHost(world, "restores", { fencingToken: Date.now() + 1 });
  expect(direct, "a restore from beside Snapdeck").toMatchObject({ status: 409 });
  return `refused: ${problem?.code}; by the host manager: ${direct.code}`;
}

/** The host manager carries an order on, whoever dies. */
const carriedOn: HostCrash[] = [
  { fault: "h", tier: "full", ends: "succeeded" },
  { fault: "Z", tier: "full", ends: "succeeded" },
  { fault: "k", tier: "full", ends: "succeeded" },
];

const CRASHES = [
  ...hostCrashesAt(
    { row: "S2", failpoint: "suspend.afterIntent", moment: "when a suspend was accepted" },
    quickWith(carriedOn, "h"),
    suspend,
  ),
  ...hostCrashesAt(
    { row: "S2", failpoint: "suspend.afterDrain", moment: "when the queries have ended" },
    carriedOn,
    suspend,
  ),
  ...hostCrashesAt(
    { row: "S2", failpoint: "suspend.afterStop", moment: "when the ranks have stopped and nobody noted it" },
    carriedOn,
    suspend,
  ),
  ...hostCrashesAt(
    { row: "S4", failpoint: "resume.afterIntent", moment: "when a resume was accepted" },
    quickWith(carriedOn, "k"),
    resume,
  ).map(fromSuspended),
  ...hostCrashesAt(
    { row: "S4", failpoint: "resume.afterStart", moment: "when the ranks are up and nobody noted it" },
    quickWith(carriedOn, "h"),
    resume,
  ).map(fromSuspended),
];

/** How long a rank that stands still is waited for, and then killed: the drain (10 s), what it may take beyond (15 s), the stop (25 s). */
const HANGS_MS = 60_000;

const CASES: FaultCase[] = [
  {
    id: "S1-running",
    row: "S1",
    fault: "-",
    tier: "quick",
    title: "a restore of a cluster that runs is refused, by Snapdeck and by the host manager",
    run: (world) => noRestore(world, ["cluster-not-suspended"]),
  },
  {
    id: "S2-suspending",
    row: "S2",
    fault: "R",
    tier: "quick",
    title: "a restore of a cluster that is being suspended is refused until it is",
    run: async (world) => {
      await world.host({ failpoints: "suspend.afterDrain=hold" });
      await world.revive();
      const job = await suspend(world);
      await world.reached("suspend.afterDrain");
      const outcome = await noRestore(world, ["cluster-busy", "cluster-not-suspended"]);
      world.letGo();
      endedAs(await world.outcome(job), { ends: "succeeded" });
      return outcome;
    },
  },
  {
    id: "S3-X-held",
    row: "S3",
    fault: "X",
    tier: "full",
    title:
      "a suspend whose ranks are gone while another process holds the data is not believed, and can be tried again",
    run: async (world) => {
      await world.host({ failpoints: "suspend.afterStop=hold" });
      await world.revive();
      const job = await suspend(world);
      await world.reached("suspend.afterStop");
      const outcome = await withLock(world, async () => {
        world.letGo();
        const ended = endedAs(await world.outcome(job), { ends: "failed", code: "engine-failed" });
        return `${ended}; ${await noRestore(world, ["cluster-not-suspended"])}`;
      });
      endedAs(await world.outcome(await suspend(world)), { ends: "succeeded" });
      return outcome;
    },
  },
  {
    id: "S3-P-rank",
    row: "S3",
    fault: "P",
    tier: "full",
    title: "a rank that stands still while it is suspended counts as alive until it is gone, and is killed in the end",
    run: async (world) => {
      world.pause(await world.rankPid());
      const job = await suspend(world);
      await sleep(1_000);
      const outcome = await noRestore(world, ["cluster-busy", "cluster-not-suspended"]);
      await until("the suspend is over", () => world.outcome(job).catch(() => undefined), HANGS_MS);
      const ended = endedAs(await world.outcome(job), {
        ends: ["succeeded", "failed"],
        code: ["engine-failed", "no-progress"],
      });
      if ((await state(world)) !== "suspended")
        endedAs(await world.outcome(await suspend(world)), { ends: "succeeded" });
      return `${outcome}; then ${ended}`;
    },
  },
  {
    id: "S5-twice",
    row: "S5",
    fault: "R",
    tier: "quick",
    title:
      "an order that comes twice is carried out once, one that comes late is answered, and an older one is refused",
    run: async (world) => {
      const order = { operationId: randomUUID(), fencingToken: Date.now() };
      const both = await Promise.all([orderHost(world, "suspend", order), orderHost(world, "suspend", order)]);
      for (const { status, transition } of both) {
        expect(status).toBe(202);
        expect(transition?.operationId).toBe(order.operationId);
      }
      const untilDone = async (): Promise<void> => {
        while ((await state(world)) !== "suspended") await sleep(50);
      };
      await untilDone();
      const { transition } = await world.stack.ranks.status();
      const late = await orderHost(world, "suspend", order);
      expect(late, "the same order when it is done").toMatchObject({ status: 202, state: "suspended", transition });
      const older = await orderHost(world, "resume", { fencingToken: order.fencingToken - 1 });
      expect(older, "an order with an older token").toMatchObject({ status: 409, code: "lock-lost" });
      const other = await orderHost(world, "resume", order);
      expect(other, "another order under the same name").toMatchObject({ status: 409, code: "idempotency-conflict" });
      expect(await state(world)).toBe("suspended");
      return "carried out once";
    },
  },
  {
    id: "S5-both",
    row: "S5",
    fault: "R",
    tier: "full",
    title: "of a suspend and a backup asked for at once, one begins or both do, and the other is told why not",
    run: async (world) => {
      const admin = await world.admin();
      const [suspended, backup] = await Promise.all([admin.ask("suspendCluster"), admin.ask("startBackup")]);
      const began = [suspended.reply, backup.reply].flatMap((job): Job[] => (job === undefined ? [] : [job]));
      expect(began, "jobs that began").toHaveLength(1);
      expect([suspended.problem?.code, backup.problem?.code]).toContain("cluster-busy");
      endedAs(await world.outcome(began[0]), { ends: "succeeded" });
      return `${began[0]?.work.kind} began`;
    },
  },
];

faults("S1 to S5: suspending and resuming", { ready }, [...CRASHES, ...CASES].map(runsAgain));

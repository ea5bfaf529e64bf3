import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { until } from "../harness/processes.ts";
import { type FaultCase, faults } from "./cases.ts";
import { endedAs } from "./expect-end.ts";
import { restoreUntil } from "./maintenance-rank.ts";
import { OldAndNew } from "./old-and-new.ts";
import { SmallDisk } from "./small-disk.ts";
import type { FaultWorld } from "./world.ts";

/** The floor that a restore must leave (64 MiB), the data twice, and some room. */
const disk = new SmallDisk("data", 110);

const data = new OldAndNew();

/** Too little for a restore, and enough for the files in which the host manager notes what it does. */
const TOO_LITTLE = 30 * 1024 * 1024;

const rankFolders = ({ stack }: FaultWorld) =>
  readdirSync(join(stack.servers.home, "cluster")).filter((name) => name.startsWith("rank-"));

const FULL = { ends: "failed", code: ["disk-full", "restore-differs", "engine-failed", "rank-lost"] } as const;

const filledAt = (row: string, failpoint: string, tier: FaultCase["tier"]): FaultCase => ({
  id: `${row}-N-${failpoint}`,
  row,
  fault: "N",
  tier,
  title: `a disk that is full at ${failpoint}: nothing is swapped in`,
  run: async (world) => {
    await world.bff({ failpoints: `${failpoint}=hold` });
    const job = await data.restore(world);
    await world.reached(failpoint);
    disk.fillUp(world);
    world.letGo();
    return endedAs(await world.outcome(job), FULL);
  },
});

const cases: FaultCase[] = [
  {
    id: "R3-N-request",
    row: "R3",
    fault: "N",
    tier: "quick",
    title: "a restore that has no room is refused at the request, with both numbers, and its plan says so before",
    run: async (world) => {
      disk.fillUp(world, TOO_LITTLE);
      const admin = await world.admin();
      // The host manager measures its disk now and then.
      const { space } = await until("the plan says that there is no room", async () => {
        const plan = await admin.get("planRestore", { params: { backupId: data.backup.id } });
        return plan.space.enough ? undefined : plan;
      });
      expect(space.freeBytes, "what the plan says is free").toBeLessThan(space.neededBytes);
      const { problem } = await world.askRestore(data.backup.id);
      expect(problem?.code).toBe("disk-full");
      expect(problem?.detail).toMatch(/\d.*\d/);
      return "refused: disk-full";
    },
  },
  {
    id: "R3-N-job",
    row: "R3",
    fault: "N",
    tier: "quick",
    title: "a restore that has no room any more when it begins fails before anything is made",
    run: async (world) => {
      const there = rankFolders(world);
      await world.bff({ failpoints: "job.afterClaim=hold" });
      const job = await data.restore(world);
      await world.reached("job.afterClaim");
      disk.fillUp(world, TOO_LITTLE);
      world.letGo();
      const outcome = endedAs(await world.outcome(job), { ends: "failed", code: "disk-full" });
      expect(rankFolders(world)).toEqual(there);
      return outcome;
    },
  },
  ...[0.01, 0.5, 0.97].map(
    (share): FaultCase => ({
      id: `R2-N-${Math.round(share * 100)}%`,
      row: "R2",
      fault: "N",
      tier: share === 0.5 ? "quick" : "full",
      title: `a disk that is full when ${Math.round(share * 100)} % are restored: nothing is swapped in`,
      run: async (world) => {
        const { job } = await restoreUntil(world, data, (done) => done >= share);
        disk.fillUp(world);
        world.goOn();
        return endedAs(await world.outcome(job), FULL);
      },
    }),
  ),
  filledAt("R1", "restore.beforeOpen", "full"),
  filledAt("R5", "restore.beforeStatement", "full"),
  filledAt("R5", "restore.beforeRows", "full"),
  filledAt("R5", "restore.afterRestored", "quick"),
  filledAt("R5", "restore.afterScan", "full"),
  filledAt("R6", "restore.beforeCommit", "full"),
  {
    id: "R6-N-seal.afterSync",
    row: "R6",
    fault: "N",
    tier: "full",
    title: "a disk that is full before the swap is decided: the old data stays",
    run: async (world) => {
      await world.host({ failpoints: "seal.afterSync=hold" });
      const job = await data.restore(world);
      await world.reached("seal.afterSync");
      disk.fillUp(world);
      world.letGo();
      return endedAs(await world.outcome(job), FULL);
    },
  },
  {
    id: "R6-N-swap.afterMarker",
    row: "R6",
    fault: "N",
    tier: "quick",
    title:
      "a disk that is full when the swap is decided: it waits, says why, and is carried through once there is room",
    run: async (world) => {
      await world.host({ failpoints: "swap.afterMarker=hold" });
      const job = await data.restore(world);
      await world.reached("swap.afterMarker");
      disk.fillUp(world);
      world.letGo();
      const told = await until("the swap is stuck", async () => {
        const { restore } = await world.stack.ranks.status();
        return restore?.detail;
      });
      disk.makeRoom(world);
      const outcome = endedAs(await world.outcome(job), { ends: "succeeded" });
      return `${outcome}, after: ${told}`;
    },
  },
];

faults(
  "R3 and R5: a cluster whose disk is full",
  { ...disk.withStack, ready: data.ready },
  cases.map((each) => data.judged(disk.freedAfter(each))),
);

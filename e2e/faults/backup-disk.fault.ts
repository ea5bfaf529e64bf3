import { expect } from "vitest";
import { type FaultCase, faults } from "./cases.ts";
import { endedAs } from "./expect-end.ts";
import { backUpUntil } from "./slow-backup.ts";
import { SmallDisk } from "./small-disk.ts";
import { entriesBelow } from "./store-files.ts";

/** The floor that a backup must leave (64 MiB), the data, and some room. */
const disk = new SmallDisk("store", 90);

const ROWS = {
  "backup.beforeCopy": "B3",
  "backup.afterAck": "B5",
  "backup.afterProof": "B6",
  "backup.beforeManifest": "B6",
} as const;

const onSmallDisk: FaultCase[] = [
  {
    id: "B4-N-request",
    row: "B4",
    fault: "N",
    tier: "quick",
    title: "a backup that has no room is refused at the request, with both numbers, before anything is written",
    run: async (world) => {
      const there = entriesBelow(world.stack.servers.storeRoot);
      disk.fillUp(world, 30 * 1024 * 1024);
      const { code, problem } = await (await world.admin()).refusal("startBackup");
      expect(code).toBe("disk-full");
      expect(problem.detail).toMatch(/\d.*\d/);
      expect(entriesBelow(world.stack.servers.storeRoot)).toEqual(there);
      return "refused: disk-full";
    },
  },
  {
    id: "B4-N-job",
    row: "B4",
    fault: "N",
    tier: "quick",
    title: "a backup that has no room any more when it begins fails before anything is written",
    run: async (world) => {
      const there = entriesBelow(world.stack.servers.storeRoot);
      await world.bff({ failpoints: "job.afterClaim=hold" });
      const job = await world.startBackup();
      await world.reached("job.afterClaim");
      disk.fillUp(world, 30 * 1024 * 1024);
      world.letGo();
      const outcome = endedAs(await world.outcome(job), { ends: "failed", code: "disk-full" });
      expect(entriesBelow(world.stack.servers.storeRoot)).toEqual(there);
      return outcome;
    },
  },
  ...[0, 0.5, 0.9].map(
    (share): FaultCase => ({
      id: `B3-N-${Math.round(share * 100)}%`,
      row: "B3",
      fault: "N",
      tier: share === 0.5 ? "quick" : "full",
      title: `a disk that is full after ${Math.round(share * 100)} % of the copy: the backup is not believed, though the engine says that it is done`,
      run: async (world) => {
        const job = await backUpUntil(world, share);
        disk.fillUp(world);
        return endedAs(await world.outcome(job), { ends: "failed", code: ["proof-failed", "disk-full"] });
      },
    }),
  ),
  ...(["backup.beforeCopy", "backup.afterAck", "backup.afterProof", "backup.beforeManifest"] as const).map(
    (failpoint): FaultCase => ({
      id: `${ROWS[failpoint]}-N-${failpoint}`,
      row: ROWS[failpoint],
      fault: "N",
      tier: failpoint === "backup.beforeCopy" || failpoint === "backup.afterAck" ? "quick" : "full",
      title: `a disk that is full at ${failpoint}: the backup fails and is not listed`,
      run: async (world) => {
        await world.bff({ failpoints: `${failpoint}=hold` });
        const job = await world.startBackup();
        await world.reached(failpoint);
        disk.fillUp(world);
        world.letGo();
        return endedAs(await world.outcome(job), { ends: "failed", code: ["proof-failed", "disk-full"] });
      },
    }),
  ),
];

faults(
  "B: a store that is full",
  disk.withStack,
  onSmallDisk.map((each) => disk.freedAfter(each)),
);

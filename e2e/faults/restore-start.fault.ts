import { join } from "node:path";
import { expect } from "vitest";
import { BUILT } from "../harness/machine.ts";
import { startServer } from "../harness/processes.ts";
import { faults, quickWith } from "./cases.ts";
import { type Crash, crashesAt } from "./crash-at.ts";
import { endedAs } from "./expect-end.ts";
import { type HostCrash, hostCrashesAt } from "./host-crash-at.ts";
import { maintenancePid } from "./maintenance-rank.ts";
import { OldAndNew } from "./old-and-new.ts";
import { withConfig } from "./second-process.ts";
import type { FaultWorld } from "./world.ts";

const data = new OldAndNew();

/** A job that was never begun is begun. */
const begins: Crash[] = [
  { fault: "k", tier: "full", ends: "succeeded" },
  { fault: "Z", tier: "full", ends: "succeeded" },
];

/** The host manager was told nothing, or too little to go on with. */
const notBegun: Crash[] = [
  { fault: "k", tier: "quick", ends: "interrupted", code: "interrupted" },
  { fault: "Z", tier: "full", ends: "interrupted", code: "interrupted" },
  { fault: "h", tier: "full", ends: "succeeded" },
  { fault: "P", tier: "full", ends: "succeeded" },
];

/** The maintenance ranks are there, and empty. */
const empty: Crash[] = [
  { fault: "k", tier: "full", ends: "interrupted", code: "interrupted" },
  { fault: "Z", tier: "quick", ends: "interrupted", code: "interrupted" },
  { fault: "h", tier: "full", ends: "failed", code: ["engine-failed", "rank-lost"] },
  { fault: "P", tier: "full", ends: ["succeeded", "interrupted"], code: "interrupted" },
];

const inHost: HostCrash[] = [
  { fault: "h", tier: "quick", ends: "failed", code: "engine-failed" },
  { fault: "Z", tier: "full", ends: "interrupted", code: "interrupted" },
  { fault: "k", tier: "full", ends: "interrupted", code: "interrupted" },
];

faults(
  "R1: a restore that has not begun to copy",
  { ready: data.ready },
  [
    ...crashesAt(
      { row: "R1", failpoint: "job.beforeClaim", moment: "before anybody drives the restore" },
      begins,
      data.restore,
    ),
    ...crashesAt(
      { row: "R1", failpoint: "job.afterClaim", moment: "right after the restore was claimed" },
      begins,
      data.restore,
    ),
    ...crashesAt(
      { row: "R1", failpoint: "restore.beforeOpen", moment: "before the host manager is told" },
      notBegun,
      data.restore,
    ),
    ...crashesAt(
      { row: "R1", failpoint: "restore.beforeStatement", moment: "before RESTORE is sent" },
      quickWith(empty),
      data.restore,
    ),
    ...hostCrashesAt(
      { row: "R1", failpoint: "restore.beforeRanks", moment: "before the maintenance ranks start" },
      inHost,
      data.restore,
    ),
    ...hostCrashesAt(
      { row: "R1", failpoint: "restore.beforeReady", moment: "when the maintenance ranks are up" },
      inHost.map((crash) => ({ ...crash, tier: "full" })),
      data.restore,
    ),
    {
      id: "R1-K-restore.beforeStatement",
      row: "R1",
      fault: "K" as const,
      tier: "full" as const,
      title: "a maintenance rank killed before RESTORE is sent: the restore fails",
      run: async (world: FaultWorld) => {
        await world.bff({ failpoints: "restore.beforeStatement=hold" });
        const job = await data.restore(world);
        await world.reached("restore.beforeStatement");
        process.kill(maintenancePid(world), "SIGKILL");
        world.letGo();
        return endedAs(await world.outcome(job), { ends: "failed", code: ["rank-lost", "engine-failed"] });
      },
    },
    {
      id: "R1-X-host",
      row: "R1",
      fault: "X" as const,
      tier: "quick" as const,
      title: "a second host manager on the same directory is refused in the middle of a restore, which goes on",
      run: async (world: FaultWorld) => {
        const { home, logs } = world.stack.servers;
        await world.bff({ failpoints: "restore.beforeStatement=hold" });
        const job = await data.restore(world);
        await world.reached("restore.beforeStatement");
        const second = startServer(
          BUILT.host,
          withConfig(home, "host", { port: 0 }),
          join(logs, "second-host.log"),
          {},
        );
        await expect(second, "a second host manager").rejects.toThrow(/did not start/);
        world.letGo();
        return endedAs(await world.outcome(job), { ends: "succeeded" });
      },
    },
  ].map(data.judged),
);

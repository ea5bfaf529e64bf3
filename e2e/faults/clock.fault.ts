import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { type FaultCase, faults } from "./cases.ts";
import { endedAs } from "./expect-end.ts";

const HOURS_MS = 3_600_000;

/** A lease of 10 s (the BFF's default) is renewed every third of that. */
const LEASE_RENEWED_MS = 4_000;

const jumps = [2, -2].flatMap((hours) =>
  (["backup.beforeManifest", "backup.afterManifest"] as const).map(
    (failpoint): FaultCase => ({
      id: `B8-H-${failpoint}${hours > 0 ? "+" : ""}${hours}h`,
      row: "B8",
      fault: "H",
      tier: failpoint === "backup.afterManifest" && hours < 0 ? "quick" : "full",
      title: `a clock that jumps by ${hours} h at ${failpoint}, and back again later: the backup is listed once`,
      run: async (world) => {
        await world.bff({ failpoints: `${failpoint}=hold`, movableClock: true });
        const job = await world.startBackup();
        await world.reached(failpoint);
        world.moveClock(hours * HOURS_MS);
        world.letGo();
        const outcome = endedAs(await world.outcome(job), { ends: "succeeded" });
        await world.bff();
        const ids = (await world.backups()).map(({ id }) => id);
        expect(ids).toHaveLength(new Set(ids).size);
        await world.backUp();
        return outcome;
      },
    }),
  ),
);

const killedAfterwards = [2, -2].map(
  (hours): FaultCase => ({
    id: `B8-H-killed${hours > 0 ? "+" : ""}${hours}h`,
    row: "B8",
    fault: "H",
    tier: "full",
    title: `a BFF that is killed after its clock jumped by ${hours} h leaves no lease that bars the job when the clock is right again`,
    run: async (world) => {
      await world.bff({ failpoints: "backup.afterAck=hold", movableClock: true });
      const job = await world.startBackup();
      await world.reached("backup.afterAck");
      world.moveClock(hours * HOURS_MS);
      // It renews its lease by its own clock at least once.
      await sleep(LEASE_RENEWED_MS);
      await world.killBff();
      await world.revive();
      return endedAs(await world.outcome(job), { ends: "succeeded" });
    },
  }),
);

faults("B8: clocks that jump", {}, [...jumps, ...killedAfterwards]);

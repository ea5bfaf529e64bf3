import type { Job } from "@snapdeck/contract/job";
import type { Fault, FaultCase } from "./cases.ts";
import type { Moment } from "./crash-at.ts";
import { type End, endedAs } from "./expect-end.ts";
import type { FaultWorld } from "./world.ts";

/** What happens while the host manager stands at a failpoint, and what the job must end in. */
export type HostCrash = End & {
  readonly fault: Extract<Fault, "h" | "Z" | "k">;
  readonly tier: FaultCase["tier"];
};

const WHO: Record<HostCrash["fault"], string> = {
  h: "the host manager killed",
  Z: "everything killed",
  k: "the BFF killed while the host manager stands",
};

/** As `crashesAt`, where the failpoint is one of the host manager. */
export function hostCrashesAt(
  { row, failpoint, moment, visit = 1 }: Moment,
  crashes: readonly HostCrash[],
  start: (world: FaultWorld) => Promise<Job | undefined>,
): FaultCase[] {
  return crashes.map(({ fault, tier, ...end }) => ({
    id: `${row}-${fault}-${failpoint}${visit === 1 ? "" : `@${visit}`}`,
    row,
    fault,
    tier,
    title: `${WHO[fault]} ${moment}: the job is ${[end.ends].flat().join(" or ")}`,
    run: async (world) => {
      await world.host({ failpoints: `${failpoint}=${fault === "h" ? "kill" : "hold"}@${visit}` });
      // A cluster that runs takes orders when its ranks are up.
      await world.revive();
      const job = await start(world);
      if (fault === "h") await world.hostIsGone();
      else await world.reached(failpoint);
      if (fault === "Z") await world.killAll();
      if (fault === "k") await world.bff();
      world.letGo();
      await world.revive();
      return endedAs(await world.outcome(job), end);
    },
  }));
}

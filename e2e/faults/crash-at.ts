import type { Job } from "@snapdeck/contract/job";
import type { Fault, FaultCase } from "./cases.ts";
import { type End, endedAs } from "./expect-end.ts";
import type { FaultWorld } from "./world.ts";

/** Who is killed or paused while the BFF stands at a failpoint, and what the job must end in. */
export type Crash = End & {
  readonly fault: Extract<Fault, "K" | "h" | "k" | "Z" | "P">;
  readonly tier: FaultCase["tier"];
};

/** A moment of a job: a failpoint of the BFF, at its n-th visit, and what it is in words that go on `... is killed <moment>`. */
export type Moment = {
  readonly row: string;
  readonly failpoint: string;
  readonly moment: string;
  readonly visit?: number;
};

const WHO: Record<Crash["fault"], string> = {
  K: "a rank killed",
  h: "the host manager killed",
  k: "the BFF killed",
  Z: "everything killed",
  P: "the BFF paused for longer than its lease",
};

/** Longer than a lease of 10 s (the BFF's default), in milliseconds: what wakes up holds a lease that has run out. */
export const PAUSE_MS = 11_000;

/** The cases of one moment: the same job, cut off there in each of those ways. */
export function crashesAt(
  { row, failpoint, moment, visit = 1 }: Moment,
  crashes: readonly Crash[],
  start: (world: FaultWorld) => Promise<Job | undefined>,
): FaultCase[] {
  return crashes.map(({ fault, tier, ...end }) => ({
    id: `${row}-${fault}-${failpoint}${visit === 1 ? "" : `@${visit}`}`,
    row,
    fault,
    tier,
    title: `${WHO[fault]} ${moment}: the job is ${[end.ends].flat().join(" or ")}`,
    run: async (world) => {
      await world.bff({ failpoints: `${failpoint}=${fault === "k" ? "kill" : "hold"}@${visit}` });
      const job = await start(world);
      if (fault !== "k") await world.reached(failpoint);
      await harm(world, fault);
      return endedAs(await world.outcome(job), end);
    },
  }));
}

async function harm(world: FaultWorld, fault: Crash["fault"]): Promise<void> {
  switch (fault) {
    case "k":
      await world.bffIsGone();
      return world.revive();
    case "Z":
      await world.killAll();
      return world.revive();
    case "K":
      await world.killRank();
      return world.letGo();
    case "h":
      await world.killHost();
      await world.host();
      return world.letGo();
    case "P":
      await world.pauseBff(PAUSE_MS);
      return world.letGo();
  }
}

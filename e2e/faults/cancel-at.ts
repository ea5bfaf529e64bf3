import type { Job } from "@snapdeck/contract/job";
import { expect } from "vitest";
import type { Fault, FaultCase } from "./cases.ts";
import type { Moment } from "./crash-at.ts";
import { type End, endedAs } from "./expect-end.ts";
import type { FaultWorld } from "./world.ts";

/** What happens right after a cancel was asked for, and what the job must end in: I26 knows two ends. */
export type Canceled = {
  readonly fault: Extract<Fault, "R" | "k" | "Z" | "h">;
  readonly tier: FaultCase["tier"];
  readonly ends?: End["ends"];
};

const THEN: Record<Canceled["fault"], string> = {
  R: "",
  k: ", and the BFF is killed",
  Z: ", and everything is killed",
  h: ", and the host manager is killed",
};

/** A job that nobody takes back any more, and says so. */
export const TOO_LATE = "succeeded";

export async function cancel(world: FaultWorld, { id }: Pick<Job, "id">): Promise<Job> {
  return (await world.admin()).get("cancelJob", { params: { jobId: id } });
}

/** Whoever cancels what has ended is told how it ended. */
export async function isOver(world: FaultWorld, { id }: Pick<Job, "id">): Promise<void> {
  const { code } = await (await world.admin()).refusal("cancelJob", { params: { jobId: id } });
  expect(code, "a cancel of what has ended").toBe("job-finished");
}

/** The cases of one moment: the same job, canceled there, and then this or that. */
export function canceledAt(
  { row, failpoint, moment, visit = 1 }: Moment,
  cancels: readonly Canceled[],
  start: (world: FaultWorld) => Promise<Job | undefined>,
): FaultCase[] {
  return cancels.map(({ fault, tier, ends = "canceled" }) => ({
    id: `${row}-${fault}-${failpoint}${visit === 1 ? "" : `@${visit}`}`,
    row,
    fault,
    tier,
    title: `canceled ${moment}${THEN[fault]}: the job is ${[ends].flat().join(" or ")}`,
    run: async (world) => {
      await world.bff({ failpoints: `${failpoint}=hold@${visit}` });
      const job = await start(world);
      if (job === undefined) throw new Error("the job did not start");
      await world.reached(failpoint);
      await cancel(world, job);
      await thenDies(world, fault);
      const ended = await world.outcome(job);
      await isOver(world, ended);
      return endedAs(ended, { ends });
    },
  }));
}

async function thenDies(world: FaultWorld, fault: Canceled["fault"]): Promise<void> {
  switch (fault) {
    case "R":
      return world.letGo();
    case "k":
      return world.bff();
    case "Z":
      await world.killAll();
      return world.revive();
    case "h":
      await world.killHost();
      await world.host();
      return world.letGo();
  }
}

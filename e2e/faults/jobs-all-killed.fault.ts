import type { Job } from "@snapdeck/contract/job";
import { expect } from "vitest";
import { until } from "../harness/processes.ts";
import { type FaultCase, faults } from "./cases.ts";
import { type Crash, crashesAt, type Moment } from "./crash-at.ts";
import { hostCrashesAt } from "./host-crash-at.ts";
import { OldAndNew } from "./old-and-new.ts";
import type { FaultWorld } from "./world.ts";

type Start = (world: FaultWorld) => Promise<Job | undefined>;

/** The next case finds the cluster running. */
const andRunning = (each: FaultCase): FaultCase => ({
  ...each,
  run: async (world, chance) => {
    const outcome = await each.run(world, chance);
    await world.revive();
    await world.settled();
    const { state } = await world.stack.ranks.status();
    if (state === "suspended") await world.resume();
    else expect(state).toBe("running");
    return `${outcome}, ${state}`;
  },
});

/** The host manager was just started anew. */
async function running({ stack }: FaultWorld): Promise<void> {
  await until("the cluster runs", async () => (await stack.ranks.status()).state === "running" || undefined);
}

const suspend: Start = async (world) => {
  await running(world);
  return world.start("suspend", (admin) => admin.get("suspendCluster"));
};

const resume: Start = async (world) => {
  await running(world);
  await world.stack.suspend();
  return world.start("resume", (admin) => admin.get("resumeCluster"));
};

/** What was decided is on disk, and the next host manager carries it through; the next BFF sees that. */
const carriedThrough = { ends: "succeeded" } as const;

const transitions: readonly { readonly moment: Moment; readonly start: Start; readonly tier: FaultCase["tier"] }[] = [
  { moment: at("suspend.afterIntent", "when a suspend is decided"), start: suspend, tier: "full" },
  { moment: at("suspend.afterDrain", "when no query runs any more"), start: suspend, tier: "quick" },
  { moment: at("suspend.afterStop", "when the ranks are stopped"), start: suspend, tier: "full" },
  { moment: at("resume.afterIntent", "when a resume is decided"), start: resume, tier: "full" },
  { moment: at("resume.afterStart", "when the ranks are up again"), start: resume, tier: "full" },
];

function at(failpoint: string, moment: string): Moment {
  return { row: "J7", failpoint, moment };
}

faults(
  "J7: everything killed while the cluster is suspended or resumed",
  {},
  transitions
    .flatMap(({ moment, start, tier }) => [
      ...hostCrashesAt(moment, [{ fault: "Z", tier, ...carriedThrough }], start),
      ...hostCrashesAt(moment, [{ fault: "h", tier: "full", ...carriedThrough }], start),
      ...hostCrashesAt(moment, [{ fault: "k", tier: "full", ...carriedThrough }], start),
    ])
    .map(andRunning),
);

/** A proof is done again from its beginning, with a throw-away rank of its own. */
const provenAgain: Crash[] = [{ fault: "Z", tier: "full", ends: "succeeded" }];

const prove = (level: "L2" | "L3"): Start => {
  return async (world) => {
    const { id } = await world.backUp();
    return world.startVerify(id, level);
  };
};

const checkStore: Start = (world) =>
  world.start("check-store", (admin) => admin.get("checkStore", { body: { bytes: true } }));

faults("J7: everything killed during a proof", {}, [
  ...crashesAt(at("verify.afterRestored", "when a throw-away rank is filled"), provenAgain, prove("L3")),
  ...crashesAt(at("verify.beforeDiscard", "before a throw-away rank is removed"), provenAgain, prove("L3")),
  ...crashesAt({ ...at("job.beforeSave", "when a store check is done"), row: "J7-check" }, provenAgain, checkStore),
]);

const data = new OldAndNew();

/** Nothing is decided before the marker; afterwards it comes. */
const either = { ends: ["succeeded", "interrupted"], code: "interrupted" } as const;

faults(
  "J7: everything killed during a restore of two ranks",
  { ranks: 2, ready: data.ready },
  [
    ...crashesAt(
      at("restore.afterRestored", "when all rows are there and none is compared"),
      [{ fault: "Z", tier: "full", ends: "interrupted", code: "interrupted" }],
      data.restore,
    ),
    ...crashesAt(
      at("restore.afterCommit", "when the swap is asked for"),
      [{ fault: "Z", tier: "full", ...either }],
      data.restore,
    ),
  ].map(data.judged),
);

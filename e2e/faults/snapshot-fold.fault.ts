import { type FaultCase, faults } from "./cases.ts";
import { type Crash, crashesAt } from "./crash-at.ts";
import { SnapshotChain } from "./snapshot-chain.ts";
import type { FaultWorld } from "./world.ts";

const chain = new SnapshotChain();

const ENDS: Crash["ends"] = ["succeeded", "interrupted", "failed"];
const CODES = ["interrupted", "rank-lost", "cluster-unreachable", "store-unavailable"];
const deaths: Crash[] = [
  { fault: "k", tier: "quick", ends: ENDS, code: CODES },
  { fault: "Z", tier: "full", ends: ENDS, code: CODES },
  { fault: "P", tier: "full", ends: ENDS, code: CODES },
];

/** Each publish of a small file that a purge or a merge makes, and the removal of folders after it. */
const VISITS = [1, 2, 3, 4] as const;

let before: readonly number[] = [];
const merge = async (world: FaultWorld) => {
  before = await chain.ids(world);
  return chain.merge(world);
};

const withMerged = (each: FaultCase): FaultCase => ({
  ...each,
  id: `${each.id}-merge`,
  run: async (world, chance) => {
    const outcome = await each.run(world, chance);
    await world.revive();
    await world.settled();
    await chain.expectMerged(world, before);
    return outcome;
  },
});

const purge = (world: FaultWorld) => chain.purge(world);

faults("Q2 and Q5: a purge or a merge that is cut off", { ready: chain.ready }, [
  ...[
    ...crashesAt(
      { row: "Q2", failpoint: "job.afterClaim", moment: "before a purge begins" },
      deaths.slice(0, 1),
      purge,
    ),
    ...crashesAt({ row: "Q2", failpoint: "delete.midRemoval", moment: "while a purge removes" }, deaths, purge),
    ...VISITS.flatMap((visit) =>
      crashesAt(
        { row: "Q5", failpoint: "publish.afterTmpWritten", moment: "while a merge publishes", visit },
        deaths.slice(0, visit === 1 ? 3 : 1),
        merge,
      ).map(withMerged),
    ),
    ...crashesAt(
      { row: "Q5", failpoint: "delete.midRemoval", moment: "while a merge lets the others go" },
      deaths,
      merge,
    ).map(withMerged),
  ].map(chain.judged),
]);

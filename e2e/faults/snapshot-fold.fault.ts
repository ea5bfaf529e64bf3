import { type FaultCase, faults } from "./cases.ts";
import { type Crash, crashesAt } from "./crash-at.ts";
import { SnapshotChain } from "./snapshot-chain.ts";
import { undecided } from "./snapshot-crashes.ts";
import type { FaultWorld } from "./world.ts";

const chain = new SnapshotChain();

const deaths = undecided(["k", "Z", "P"], ["interrupted", "rank-lost", "cluster-unreachable", "store-unavailable"]);

/** Steps of a plan before and after which somebody dies; purge and merge have more than these. */
const VISITS = [1, 2, 3, 5, 8] as const;

/** The third is told in the quick tier, and in all ways. */
const at = (visit: number): Crash[] => (visit === 3 ? deaths : rarely);
const rarely = deaths.slice(0, 1).map((each): Crash => ({ ...each, tier: "full" }));

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
    ...VISITS.flatMap((visit) => [
      ...crashesAt(
        { row: "Q2", failpoint: "databaseBackup.beforeStep", moment: "amid the steps of a purge", visit },
        at(visit),
        purge,
      ),
      ...crashesAt(
        { row: "Q2", failpoint: "databaseBackup.afterStep", moment: "amid the steps of a purge", visit },
        rarely,
        purge,
      ),
      ...crashesAt(
        { row: "Q5", failpoint: "databaseBackup.beforeStep", moment: "amid the steps of a merge", visit },
        at(visit),
        merge,
      ).map(withMerged),
      ...crashesAt(
        { row: "Q5", failpoint: "databaseBackup.afterStep", moment: "amid the steps of a merge", visit },
        rarely,
        merge,
      ).map(withMerged),
    ]),
    ...crashesAt(
      { row: "Q5", failpoint: "delete.midRemoval", moment: "while a merge lets the others go" },
      deaths,
      merge,
    ).map(withMerged),
  ].map(chain.judged),
]);

import type { FaultCase } from "./cases.ts";
import { faults } from "./cases.ts";
import { crashesAt } from "./crash-at.ts";
import { SnapshotChain } from "./snapshot-chain.ts";
import { decided, undecided } from "./snapshot-crashes.ts";
import type { FaultWorld } from "./world.ts";

const chain = new SnapshotChain();

/** Nothing is decided: the live objects are as they were, or all of them are exchanged. */
const deaths = undecided(["k", "Z", "K"], ["interrupted", "rank-lost", "cluster-unreachable", "engine-failed"]);

const restore = async (world: FaultWorld) => {
  await chain.change(world);
  return chain.restore(world);
};

/** A restore that says that it succeeded did; one that does not left everything as it was, which is looked at after every case. */
const allOrNothing = (each: FaultCase): FaultCase => ({
  ...each,
  run: async (world, chance) => {
    const outcome = await each.run(world, chance);
    await world.revive();
    await world.settled();
    if (outcome.startsWith("succeeded")) await chain.expectRestored(world);
    return outcome;
  },
});

faults("Q6: a restore of a snapshot that is cut off", { ready: chain.ready }, [
  ...[
    ...crashesAt(
      { row: "Q6", failpoint: "snapshotRestore.afterStaging", moment: "when staging is made" },
      deaths,
      restore,
    ),
    ...crashesAt(
      { row: "Q6", failpoint: "snapshotRestore.afterStart", moment: "when the engine restores" },
      deaths,
      restore,
    ),
    ...crashesAt(
      { row: "Q6", failpoint: "snapshotRestore.beforeDecision", moment: "before the exchange is decided" },
      deaths,
      restore,
    ),
    ...crashesAt(
      { row: "Q6", failpoint: "snapshotRestore.afterDecision", moment: "when the exchange is decided" },
      decided,
      restore,
    ),
    ...crashesAt(
      { row: "Q6", failpoint: "snapshotRestore.beforeExchange", moment: "before the second exchange", visit: 2 },
      decided,
      restore,
    ),
    ...crashesAt(
      { row: "Q6", failpoint: "snapshotRestore.midExchange", moment: "while a table that is gone is put in its place" },
      decided,
      async (world) => {
        await world.stack.ranks.command("DROP TABLE IF EXISTS shop.nothing SYNC");
        return restore(world);
      },
    ),
  ]
    .map(allOrNothing)
    .map(chain.judged),
]);

import { faults } from "./cases.ts";
import { crashesAt } from "./crash-at.ts";
import { SnapshotChain } from "./snapshot-chain.ts";
import { decided, undecided } from "./snapshot-crashes.ts";
import type { FaultWorld } from "./world.ts";

const chain = new SnapshotChain();

const CODES = ["interrupted", "rank-lost", "cluster-unreachable", "engine-failed", "proof-failed", "host-unreachable"];
const deaths = undecided(["k", "Z", "K", "P"], CODES);

const changed = (begin: (world: FaultWorld) => ReturnType<SnapshotChain["take"]>) => async (world: FaultWorld) => {
  await chain.change(world);
  return begin(world);
};
const take = changed(chain.take);

faults("Q: a snapshot of a database backup that is cut off", { ready: chain.ready }, [
  ...[
    ...crashesAt({ row: "Q1", failpoint: "snapshot.beforeCopy", moment: "before the ranks copy" }, deaths, take),
    ...crashesAt({ row: "Q1", failpoint: "snapshot.afterAck", moment: "after the engine's word" }, deaths, take),
    ...crashesAt(
      { row: "Q1", failpoint: "snapshot.beforeSync", moment: "before the files are made durable" },
      deaths.slice(0, 2),
      take,
    ),
    ...crashesAt({ row: "Q1", failpoint: "snapshot.afterProof", moment: "after the proof" }, deaths.slice(0, 2), take),
    ...crashesAt(
      { row: "Q1", failpoint: "snapshot.beforeListing", moment: "before the snapshot is listed" },
      deaths,
      take,
    ),
    ...crashesAt(
      { row: "Q1", failpoint: "snapshot.afterListing", moment: "after the snapshot is listed" },
      decided,
      take,
    ),
    ...crashesAt(
      { row: "Q2", failpoint: "snapshot.beforeFold", moment: "before those above the cap are folded" },
      decided,
      changed(chain.takeCapped),
    ),
    ...crashesAt(
      { row: "Q2", failpoint: "delete.midRemoval", moment: "while those between go" },
      decided,
      changed(chain.takeInPlaceOfOthers),
    ),
    ...crashesAt(
      {
        row: "Q3",
        failpoint: "snapshot.beforeListing",
        moment: "before the new full takes the place of all",
        visit: 1,
      },
      deaths.slice(0, 1),
      changed(chain.recreate),
    ).map((each) => ({ ...each, id: `${each.id}-recreate` })),
    ...crashesAt(
      { row: "Q4", failpoint: "delete.midRemoval", moment: "while a backup is dropped" },
      decided,
      chain.drop,
    ).map((each) => ({ ...each, id: `${each.id}-drop` })),
  ].map(chain.judged),
]);

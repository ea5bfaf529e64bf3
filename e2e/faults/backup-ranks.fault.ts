import { faults } from "./cases.ts";
import { crashesAt } from "./crash-at.ts";
import { endedAs } from "./expect-end.ts";
import { backUpUntil } from "./slow-backup.ts";

faults("B: a backup of two ranks", { ranks: 2 }, [
  {
    id: "B3-K-one-of-two",
    row: "B3",
    fault: "K",
    tier: "quick",
    title: "one of two ranks killed in the middle of the copy: nothing of the other's share is left or listed",
    run: async (world) => {
      const job = await backUpUntil(world, 0.3);
      await world.killRank(1);
      return endedAs(await world.outcome(job), { ends: "failed", code: "rank-lost" });
    },
  },
  {
    id: "B5-K-one-of-two",
    row: "B5",
    fault: "K",
    tier: "full",
    title: "the BFF killed after the engines' word, and one of two ranks before it is back: the backup is interrupted",
    run: async (world) => {
      await world.bff({ failpoints: "backup.afterAck=kill" });
      const job = await world.startBackup();
      await world.bffIsGone();
      await world.killRank(1);
      await world.revive();
      return endedAs(await world.outcome(job), { ends: "interrupted", code: "interrupted" });
    },
  },
  ...crashesAt(
    { row: "B6", failpoint: "backup.beforeManifest", moment: "before the manifest of two ranks" },
    [
      { fault: "k", tier: "full", ends: "succeeded" },
      { fault: "Z", tier: "full", ends: "interrupted", code: "interrupted" },
    ],
    (world) => world.startBackup(),
  ).map((each) => ({ ...each, id: `${each.id}-two` })),
]);

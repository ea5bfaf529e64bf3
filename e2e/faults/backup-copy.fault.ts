import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../harness/processes.ts";
import { type FaultCase, faults } from "./cases.ts";
import { type End, endedAs } from "./expect-end.ts";
import { backUpUntil } from "./slow-backup.ts";
import { type FaultWorld, SETTLED_WITHIN_MS } from "./world.ts";

/** What may happen to a copy, and what comes of the job. */
const HARMS: Record<"K" | "k" | "Z" | "h", End & { who: string; harm: (world: FaultWorld) => Promise<void> }> = {
  K: { who: "a rank killed", ends: "failed", code: "rank-lost", harm: (world) => world.killRank() },
  k: { who: "the BFF killed", ends: "succeeded", harm: (world) => world.bff() },
  Z: {
    who: "everything killed",
    ends: "interrupted",
    code: "interrupted",
    harm: async (world) => {
      await world.killAll();
      await world.revive();
    },
  },
  h: {
    who: "the host manager killed",
    ends: "failed",
    code: ["rank-lost", "engine-failed"],
    harm: async (world) => {
      await world.killHost();
      await world.host();
    },
  },
};

const QUICK = new Set(["K 0.5", "k 0.97", "h 0.5"]);

/** Enough that a rank is seen to be silent, and less than what counts as lost (20 s). */
const HICCUP_MS = 3_000;

/** Longer than a rank may be silent (20 s), and than the two questions of 10 s each that go unanswered before and after. */
const SILENCE_MS = 50_000;

const atShares = [0.01, 0.5, 0.97].flatMap((share) =>
  (["K", "k", "Z", "h"] as const).map((fault): FaultCase => {
    const { who, harm, ...end } = HARMS[fault];
    return {
      id: `B3-${fault}-${Math.round(share * 100)}%`,
      row: "B3",
      fault,
      tier: QUICK.has(`${fault} ${share}`) ? "quick" : "full",
      title: `${who} when ${Math.round(share * 100)} % are copied: the backup is ${[end.ends].flat().join(" or ")}, and the next one works`,
      run: async (world) => {
        const job = await backUpUntil(world, share);
        await harm(world);
        const outcome = endedAs(await world.outcome(job), end);
        if (end.ends !== "succeeded") await nextOneWorks(world);
        return outcome;
      },
    };
  }),
);

const atRandom = (["K", "k", "Z"] as const).flatMap((fault) =>
  [1, 2, 3].map((time): FaultCase => {
    const { who, harm } = HARMS[fault];
    return {
      id: `B3-${fault}-random-${time}`,
      row: "B3",
      fault,
      tier: "full",
      title: `${who} at any moment of the copy leaves a backup that is whole or not listed`,
      run: async (world, chance) => {
        const share = chance.between(0, 0.98);
        const job = await backUpUntil(world, share);
        await sleep(chance.below(500));
        await harm(world);
        const { state } = await world.outcome(job);
        return `${state.name} after ${Math.round(share * 100)} %`;
      },
    };
  }),
);

async function nextOneWorks(world: FaultWorld): Promise<void> {
  await world.bff();
  await world.revive();
  const { id } = await world.backUp();
  await world.deleteBackup(id);
}

faults("B3: a copy that is cut off", {}, [
  ...atShares,
  ...atRandom,
  {
    id: "B3-P-hiccup",
    row: "B3",
    fault: "P",
    tier: "quick",
    title: "a rank that stands still for some seconds in the middle of the copy goes on, and so does the backup",
    run: async (world) => {
      const job = await backUpUntil(world, 0.3);
      world.pause(await world.rankPid());
      await sleep(HICCUP_MS);
      world.goOn();
      return endedAs(await world.outcome(job), { ends: "succeeded" });
    },
  },
  {
    id: "B3-P-silent",
    row: "B3",
    fault: "P",
    tier: "full",
    title: "a rank that stays silent is given up, and what it had written is removed once it can be",
    run: async (world) => {
      const job = await backUpUntil(world, 0.3);
      world.pause(await world.rankPid());
      await sleep(SILENCE_MS);
      world.goOn();
      return endedAs(await world.outcome(job), { ends: "failed", code: "rank-lost" });
    },
  },
  {
    id: "B3-P-for-good",
    row: "B3",
    fault: "P",
    tier: "full",
    title: "a rank that never answers again does not keep its backup running for longer than a minute",
    run: async (world) => {
      const job = await backUpUntil(world, 0.3);
      world.pause(await world.rankPid());
      const ended = await until(
        "the backup is given up",
        async () => {
          const now = await world.job(job.id);
          return now.state.name === "running" ? undefined : now;
        },
        SETTLED_WITHIN_MS,
      );
      world.goOn();
      return endedAs(ended, { ends: "failed", code: "rank-lost" });
    },
  },
  {
    id: "B3-P-bff",
    row: "B3",
    fault: "P",
    tier: "full",
    title: "a BFF that stands still until its lease has run out takes the backup to its end all the same",
    run: async (world) => {
      const job = await backUpUntil(world, 0.3);
      await world.pauseBff(11_000);
      return endedAs(await world.outcome(job), { ends: "succeeded" });
    },
  },
]);

import { setTimeout as sleep } from "node:timers/promises";
import { type Fault, type FaultCase, faults } from "./cases.ts";
import { type End, endedAs } from "./expect-end.ts";
import { restoreUntil } from "./maintenance-rank.ts";
import { OldAndNew } from "./old-and-new.ts";
import { openFile, spoil } from "./spoiled-calls.ts";
import type { FaultWorld } from "./world.ts";

const data = new OldAndNew();

/** What may happen while the rows are on their way in, and what comes of the job. */
const HARMS: Partial<Record<Fault, End & { who: string; harm: (world: FaultWorld, pid: number) => Promise<void> }>> = {
  K: {
    who: "the maintenance rank killed",
    ends: "failed",
    code: ["rank-lost", "engine-failed"],
    harm: async (_, pid) => void process.kill(pid, "SIGKILL"),
  },
  k: {
    who: "the BFF killed",
    ends: "succeeded",
    harm: async (world) => {
      await world.killBff();
      world.goOn();
      await world.bff();
    },
  },
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
      world.goOn();
      await world.host();
    },
  },
};

const QUICK = new Set(["K 0.5", "k 0.5", "Z 0.97", "h 0.01"]);

/** Enough that a rank is seen to be silent, and less than what counts as lost (20 s). */
const HICCUP_MS = 3_000;

/** Longer than a rank may be silent (20 s). */
const SILENCE_MS = 23_000;

const atShares = [0.01, 0.5, 0.97].flatMap((share) =>
  (["K", "k", "Z", "h"] as const).map((fault): FaultCase => {
    const { who, harm, ...end } = HARMS[fault] ?? unknown(fault);
    return {
      id: `R2-${fault}-${Math.round(share * 100)}%`,
      row: "R2",
      fault,
      tier: QUICK.has(`${fault} ${share}`) ? "quick" : "full",
      title: `${who} when ${Math.round(share * 100)} % are restored: the restore is ${end.ends}`,
      run: async (world) => {
        const { job, pid } = await restoreUntil(world, data, (done) => done >= share);
        await harm(world, pid);
        return endedAs(await world.outcome(job), end);
      },
    };
  }),
);

const atRandom = (["h", "k", "Z"] as const).map(
  (fault): FaultCase => ({
    id: `R2-${fault}-random`,
    row: "R2",
    fault,
    tier: "full",
    title: `${HARMS[fault]?.who} at any moment of a restore leaves exactly the old data or exactly the new`,
    run: async (world, chance) => {
      const job = await data.restore(world);
      const afterMs = chance.below(1_500);
      await sleep(afterMs);
      if (fault === "k") await world.bff();
      else if (fault === "Z") await world.killAll();
      else await world.killHost();
      await world.revive();
      const { state } = await world.outcome(job);
      return `${state.name} after ${afterMs} ms`;
    },
  }),
);

/** One write of the engine's fails, unseen: it goes on and reports RESTORED over a file with a hole. */
const oneWriteFails = (error: "EIO" | "ENOSPC", tier: FaultCase["tier"]): FaultCase => ({
  id: `R5-E-${error}`,
  row: "R5",
  fault: "E",
  tier,
  needs: "strace",
  title: `one write of the restore that fails with ${error}: nothing is swapped in, though the engine says RESTORED`,
  run: async (world) => {
    const large = (pid: number) => openFile(pid, (path) => /\.restore-.*\/data\.bin$/.test(path));
    const { job, pid } = await restoreUntil(world, data, (_, rank) => large(rank) !== undefined);
    const path = large(pid);
    if (path === undefined) throw new Error("the file was closed by a process that stands still");
    const mend = await spoil({ pid, path, calls: "write,pwrite64", inject: `write,pwrite64:error=${error}:when=1` });
    try {
      world.goOn();
      return endedAs(await world.outcome(job), { ends: "failed", code: "restore-differs" });
    } finally {
      await mend();
    }
  },
});

function unknown(fault: string): never {
  throw new Error(`nothing is known of ${fault}`);
}

faults(
  "R2 and R5: a restore that is cut off or loses writes",
  { ready: data.ready },
  [
    ...atShares,
    ...atRandom,
    {
      id: "R2-P-hiccup",
      row: "R2",
      fault: "P" as const,
      tier: "full" as const,
      title: "a maintenance rank that stands still for some seconds goes on, and so does the restore",
      run: async (world: FaultWorld) => {
        const { job } = await restoreUntil(world, data, (done) => done >= 0.3);
        await sleep(HICCUP_MS);
        world.goOn();
        return endedAs(await world.outcome(job), { ends: "succeeded" });
      },
    },
    {
      id: "R2-P-silent",
      row: "R2",
      fault: "P" as const,
      tier: "full" as const,
      title: "a maintenance rank that stays silent counts as lost, and the restore fails",
      run: async (world: FaultWorld) => {
        const { job } = await restoreUntil(world, data, (done) => done >= 0.3);
        await sleep(SILENCE_MS);
        return endedAs(await world.outcome(job), { ends: "failed", code: "rank-lost" });
      },
    },
    oneWriteFails("EIO", "quick"),
    oneWriteFails("ENOSPC", "full"),
  ].map(data.judged),
);

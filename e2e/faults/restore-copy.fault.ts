import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "@snapdeck/contract/job";
import { type Fault, type FaultCase, faults } from "./cases.ts";
import { type End, endedAs } from "./expect-end.ts";
import { freshFolder, maintenancePid, restoreUntil } from "./maintenance-rank.ts";
import { OldAndNew } from "./old-and-new.ts";
import { type Spoil, spoil } from "./spoiled-calls.ts";
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

const QUICK = new Set(["K 0.5", "Z 0.97"]);

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

/** Holds a restore before its rows come, spoils calls of its maintenance rank, and lets it go on. */
async function spoiled(world: FaultWorld, what: (folder: string) => Omit<Spoil, "pid">): Promise<Job> {
  await world.bff({ failpoints: "restore.beforeRows=hold" });
  const job = await data.restore(world);
  if (job === undefined) throw new Error("the restore did not start");
  await world.reached("restore.beforeRows");
  const mend = await spoil({ pid: maintenancePid(world), ...what(freshFolder(world, job.id)) });
  try {
    world.letGo();
    return await world.outcome(job);
  } finally {
    await mend();
  }
}

/** Where the engine puts all rows of a StripeLog table: the definition in the fresh directory names the folder. */
function logFile(folder: string, table: string): string {
  const definitions = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const definition = definitions.find((path) => path.endsWith(`/${table}.sql`)) ?? "";
  const [, id = ""] = /UUID '([0-9a-f-]+)'/.exec(readFileSync(join(folder, definition), "utf8")) ?? [];
  return join(folder, "store", id.slice(0, 3), id, "data.bin");
}

/** One write of the engine's fails, unseen: it goes on and reports RESTORED over a file with a hole. */
const oneWriteFails = (error: "EIO" | "ENOSPC", tier: FaultCase["tier"]): FaultCase => ({
  id: `R5-E-${error}`,
  row: "R5",
  fault: "E",
  tier,
  needs: "strace",
  title: `one write of the restore that fails with ${error}: nothing is swapped in, though the engine says RESTORED`,
  run: async (world) => {
    const inject = `write:error=${error}:when=1`;
    const job = await spoiled(world, (folder) => ({ path: logFile(folder, "in_stripelog"), calls: "write", inject }));
    return endedAs(job, { ends: "failed", code: "restore-differs" });
  },
});

/** Some of the files are so small, and so little needed, that the rows are all there without them: then they must be. */
const oneCopy = (id: string, title: string, spoils: string, tier: FaultCase["tier"]): FaultCase => ({
  id: `R5-E-${id}`,
  row: "R5",
  fault: "E",
  tier,
  needs: "strace",
  title: `${title}: exactly the old data or exactly the new`,
  run: async (world, chance) => {
    const nth = 1 + chance.below(40);
    const inject = `copy_file_range:${spoils}:when=${nth}`;
    const job = await spoiled(world, () => ({ calls: "copy_file_range", inject }));
    const outcome = endedAs(job, {
      ends: ["failed", "succeeded"],
      code: ["restore-differs", "engine-failed", "disk-full"],
    });
    return `file ${nth}: ${outcome}`;
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
    oneCopy("copy-EIO", "one file that cannot be copied", "error=EIO", "full"),
    oneCopy("copy-ENOSPC", "one file that finds no room", "error=ENOSPC", "full"),
    oneCopy("copy-short", "one file that comes out a byte short, unseen", "retval=1", "quick"),
    oneCopy("copy-short-2", "another file that comes out a byte short, unseen", "retval=1", "full"),
  ].map(data.judged),
);

import { afterAll, describe, test } from "vitest";
import type { StackOptions } from "../harness/stack.ts";
import { aftermath, before } from "./aftermath.ts";
import { Chance, seedOf } from "./chance.ts";
import { type Need, whyNot } from "./privileges.ts";
import { FaultWorld } from "./world.ts";

/**
 * The faults of the matrix. K kill -9 rank · h kill -9 host manager · k kill -9 BFF · Z all of them · P pause (SIGSTOP) · N disk full ·
 * E write or read error · C corrupt byte · T cut or missing · H clock jumps · D state database lost · X a second process · R many at
 * once · - none.
 */
export type Fault = "K" | "h" | "k" | "Z" | "P" | "N" | "E" | "C" | "T" | "H" | "D" | "X" | "R" | "-";

/** One row of the matrix, done. `quick` runs with `npm test`, `full` only with `npm run test:faults`. */
export type FaultCase = {
  /** Unique, begins with its row and fault: `B6-k`. Failures, replays and docs/faults.md name it. */
  readonly id: string;
  readonly row: string;
  readonly fault: Fault;
  readonly tier: "quick" | "full";
  /** What must hold, as an operator would say it. */
  readonly title: string;
  /** What this machine must allow; where it does not, the case is skipped and says why. */
  readonly needs?: Need;
  /**
   * Does the harm and checks what is special to it; what must hold after every case is checked afterwards. Answers the outcome in a
   * few words, for the table.
   */
  readonly run: (world: FaultWorld, chance: Chance) => Promise<string>;
};

/** Of the ways to cut the same moment off, the quick tier tries those that are named; the others are of the full one. */
export function quickWith<T extends Pick<FaultCase, "fault" | "tier">>(
  cuts: readonly T[],
  ...faults: readonly T["fault"][]
): T[] {
  return cuts.map((cut) => ({ ...cut, tier: faults.includes(cut.fault) ? "quick" : "full" }));
}

/** What docs/faults.md tells of a case, carried by the test's `meta`. */
export type FaultResult = Pick<FaultCase, "id" | "row" | "fault" | "tier" | "title"> & {
  readonly seed: number;
  readonly outcome?: string;
  readonly skipped?: string;
  /** What a case that failed said, on one line. */
  readonly failure?: string;
  /** How long the slowest job took to its end after everything was started again or let go on. */
  readonly settledMs?: number | undefined;
};

declare module "vitest" {
  interface TaskMeta {
    fault?: FaultResult;
  }
}

/** A case with its aftermath: starts and stops of all processes, several backups, and up to 60 s until jobs are settled. */
const CASE_MS = 180_000;

/**
 * Makes tests of cases that share one world, one after the other. A case that fails may leave the world in any state: the next one gets a
 * new world. `ready` is what each new world begins with, such as backups that the cases damage; `database` answers the address of an empty
 * database for each new world whose console keeps its state on PostgreSQL.
 */
export function faults(
  title: string,
  {
    ready,
    database,
    ...options
  }: StackOptions & {
    readonly ready?: (world: FaultWorld) => Promise<void>;
    readonly database?: () => Promise<string>;
  },
  cases: readonly FaultCase[],
): void {
  const chosen = cases.filter(({ tier }) => tier === "quick" || process.env["SNAPDECK_FAULT_TIER"] === "full");
  if (chosen.length === 0) {
    // A suite without a test counts as a failure.
    describe(title, () => test.skip("has cases of the full tier only", () => undefined));
    return;
  }
  describe(title, () => {
    let world: FaultWorld | undefined;
    let opened: FaultWorld | undefined;
    afterAll(() => world?.close());
    for (const each of chosen) {
      const { id, row, fault, tier, title: promise } = each;
      test(`${id}: ${promise}`, { timeout: CASE_MS }, async ({ task, skip }) => {
        const chance = new Chance(seedOf(id));
        const told = { id, row, fault, tier, title: promise, seed: chance.seed };
        task.meta.fault = told;
        const reason = each.needs === undefined ? undefined : whyNot(each.needs);
        if (reason !== undefined) {
          task.meta.fault = { ...told, skipped: reason };
          process.stderr.write(`${id} was skipped: ${reason}\n`);
          skip(reason);
        }
        world ??= await FaultWorld.open(options, await database?.());
        try {
          if (opened !== world) await ready?.(world);
          opened = world;
          const then = await before(world);
          const outcome = await each.run(world, chance);
          task.meta.fault = { ...told, outcome };
          const settledMs = await aftermath(world, then);
          task.meta.fault = { ...told, outcome, settledMs };
        } catch (error) {
          task.meta.fault = { ...told, failure: oneLine(error) };
          const spoiled = world;
          world = undefined;
          const log = spoiled.logTail();
          await spoiled.close().catch(() => undefined);
          throw new Error(`${id} failed; replay it with SNAPDECK_FAULT_SEED=${chance.seed} and -t "${id}:"\n${log}`, {
            cause: error,
          });
        }
      });
    }
  });
}

/** Of a comparison, also what was found; of several things, the first. What is too long loses its middle. */
function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const actual = error instanceof Error && "actual" in error ? [error.actual].flat()[0] : undefined;
  const found = typeof actual === "string" ? `; found: ${actual}` : "";
  const line = `${message}${found}`.replace(/\s+/g, " ");
  return line.length > 400 ? `${line.slice(0, 150)} … ${line.slice(-240)}` : line;
}

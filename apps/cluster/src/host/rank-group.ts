import type { RankEndpoints } from "@snapdeck/contract/host";
import type { Logger } from "pino";
import { waitForEngineLock } from "./engine-lock.ts";
import type { ProcessRecords } from "./process-records.ts";
import { RankSlot, type SlotSetup } from "./rank-slot.ts";

/** A process that was just seen to end has released its lock; more than this means that somebody else holds it. */
const PROOF_WAIT_MS = 10_000;

/** The ranks of a cluster, or of a restore: started and stopped together, side by side. */
export class RankGroup {
  readonly slots: readonly RankSlot[];

  constructor(setups: readonly SlotSetup[], records: ProcessRecords, log: Logger) {
    this.slots = setups.map((setup) => new RankSlot(setup, records, log));
  }

  /** Starts all ranks in parallel and waits until each is up or has failed once. Answers why some failed; empty when none did. */
  async start(): Promise<string[]> {
    const outcomes = await Promise.allSettled(this.slots.map((slot) => slot.start()));
    return outcomes.flatMap((outcome, at) =>
      outcome.status === "fulfilled" ? [] : [`rank ${this.slots[at]?.setup.rank}: ${reasonText(outcome.reason)}`],
    );
  }

  /** Lets queries end. Those that still run after `timeoutMs` are killed. */
  async drain(timeoutMs: number): Promise<void> {
    await Promise.all(this.slots.map((slot) => slot.drain(timeoutMs)));
  }

  get queriesLeft(): number {
    return this.slots.reduce((sum, slot) => sum + slot.queriesLeft, 0);
  }

  /** Ends all processes. True when each closed its engine cleanly. `graceMs` 0 kills. */
  async stop(graceMs?: number): Promise<boolean> {
    const clean = await Promise.all(this.slots.map((slot) => slot.stop(graceMs)));
    return clean.every((each) => each);
  }

  /** Why this group does not count as gone: a process that lives, a directory that is held. Undefined when it is gone. */
  async notGoneBecause(timeoutMs: number = PROOF_WAIT_MS): Promise<string | undefined> {
    for (const slot of this.slots) {
      if (slot.hasProcess) return `the process of rank ${slot.setup.rank} still lives`;
      const holder = await waitForEngineLock(slot.setup.dataDir, { timeoutMs });
      if (holder !== undefined) return `process ${holder} holds the data directory of rank ${slot.setup.rank}`;
    }
    return undefined;
  }

  /** Of the ranks that take queries. Holds a secret. */
  get endpoints(): RankEndpoints {
    return this.slots.flatMap(({ setup, state, ready }) =>
      state === "up" && ready !== undefined
        ? [
            {
              rank: setup.rank,
              url: `http://127.0.0.1:${ready.port}`,
              username: setup.username,
              password: setup.password,
            },
          ]
        : [],
    );
  }
}

function reasonText(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

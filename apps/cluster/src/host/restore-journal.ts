import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { findRestore, previousData, type RestoreRecord, rememberRestore, rememberSwapIn } from "./cluster-facts.ts";
import type { ClusterFile } from "./cluster-file.ts";

export type RestorePhase = RestoreRecord["phase"];

/** What is known of restores, in `cluster.json`. */
export class RestoreJournal {
  readonly #file: ClusterFile;

  constructor(file: ClusterFile) {
    this.#file = file;
  }

  /** How many ranks the cluster has. */
  get ranks(): number {
    return this.#file.facts.ranks;
  }

  /** Throws `job-not-found` when that restore was never opened. */
  find(operationId: string): RestoreRecord {
    const record = findRestore(this.#file.facts, operationId);
    if (record === undefined)
      throw new SnapdeckError("job-not-found", `no restore ${operationId} was ever opened here`);
    return record;
  }

  /** Writes down a restore that was just accepted, together with the fencing token of its order. */
  async open(operationId: string, fencingToken: number): Promise<void> {
    const openedAt = new Date().toISOString();
    await this.#file.change((facts) =>
      rememberRestore({ ...facts, fencingToken }, { operationId, phase: "preparing", openedAt, keeping: false }),
    );
  }

  /** Notes that a sealed restore is in place, and answers whose previous data is to be removed now. */
  async noteSwapIn(operationId: string, swapMs: number): Promise<string[]> {
    const facts = await this.#file.change((now) => {
      const record = this.find(operationId);
      if (record.phase !== "sealing") return now;
      return rememberSwapIn(now, { ...record, swappedAt: new Date().toISOString(), swapMs });
    });
    return previousData(facts, operationId).map((earlier) => earlier.operationId);
  }

  /** Changes a restore that is in one of the phases `from`; does nothing to others. `undefined` takes a fact away. */
  async note(
    operationId: string,
    from: RestorePhase[],
    change: Partial<Omit<RestoreRecord, "operationId">>,
  ): Promise<void> {
    await this.#file.change((facts) => {
      const record = findRestore(facts, operationId);
      if (record === undefined || !from.includes(record.phase)) return facts;
      return rememberRestore(facts, { ...record, ...change });
    });
  }
}

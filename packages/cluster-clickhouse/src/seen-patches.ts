import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { RankOperations } from "./follow.ts";
import type { RankWork } from "./rank-work.ts";
import { readPatches, type TablePart } from "./unapplied-changes.ts";

/**
 * The patch parts of each rank, read as soon as its engine has collected what it copies. Read at the end, they would count changes that came
 * long after what was copied, and miss those that the engine has forgotten since.
 */
export class SeenPatches {
  readonly #works: readonly RankWork[];
  readonly #seen = new Map<number, TablePart[]>();

  constructor(works: readonly RankWork[]) {
    this.#works = works;
  }

  async look(operations: RankOperations): Promise<void> {
    await Promise.all(
      this.#works.map(async ({ rank, client }) => {
        const operation = operations.get(rank);
        const hasCollected = operation !== undefined && (operation.bytesTotal > 0 || operation.stage === "succeeded");
        if (!hasCollected || this.#seen.has(rank)) return;
        try {
          this.#seen.set(rank, await readPatches(client));
        } catch (thrown) {
          // A rank that gives no answer this time is asked again, and at the end it must answer.
          if (!(thrown instanceof SnapdeckError)) throw thrown;
        }
      }),
    );
  }

  /** @throws {SnapdeckError} `engine-failed`, `cluster-unreachable` when they could not be read up to now */
  async of(work: RankWork): Promise<readonly TablePart[]> {
    return this.#seen.get(work.rank) ?? (await readPatches(work.client));
  }
}

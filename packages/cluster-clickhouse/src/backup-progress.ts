import type { RankProgress } from "@snapdeck/contract/job";
import type { RankOperations } from "./follow.ts";

/**
 * Progress of a BACKUP for each rank. The engine's own total grows while it works and is 0 at first, so bytes are measured
 * against what the tables took before the start; a total that proves too small gives way, and the end is exactly full.
 */
export class BackupProgress {
  readonly #ranks: Map<number, RankProgress>;

  constructor(planned: ReadonlyMap<number, number>) {
    this.#ranks = new Map(
      [...planned].map(([rank, bytesTotal]) => [rank, { rank, bytesDone: 0, bytesTotal, filesDone: 0, filesTotal: 0 }]),
    );
  }

  /** Takes in what the ranks said; never goes back. */
  after(operations: RankOperations): RankProgress[] {
    for (const [rank, before] of this.#ranks) {
      const operation = operations.get(rank);
      if (operation === undefined) continue;
      const isDone = operation.stage === "succeeded";
      const bytesDone = Math.max(before.bytesDone, operation.bytesDone);
      const filesDone = Math.max(before.filesDone, operation.filesDone);
      this.#ranks.set(rank, {
        rank,
        bytesDone,
        bytesTotal: isDone ? bytesDone : Math.max(before.bytesTotal, bytesDone),
        filesDone,
        filesTotal: isDone ? filesDone : Math.max(before.filesTotal, operation.filesTotal, filesDone),
      });
    }
    return [...this.#ranks.values()];
  }

  /** Whether a rank has begun to copy: until then its engine only collects what there is. */
  static isCopying(operations: RankOperations): boolean {
    return [...operations.values()].some((operation) => operation.bytesTotal > 0 || operation.stage === "succeeded");
  }
}

import type { RankProgress } from "@snapdeck/contract/job";

/** What is to be read of one rank. */
type RankTotal = { readonly rank: number; readonly sizeBytes: number; readonly files: readonly unknown[] };

/** How far the reading of a backup is, rank by rank, and for how long it has stood still. */
export class ReadMeter {
  readonly #ranks: Map<number, RankProgress & { bytesRead: number; bytesEnded: number }>;
  readonly #readings = new Set<{ hasBegun: boolean }>();
  readonly #now: () => number;
  #movedAt: number;

  /** @param now in milliseconds, of a clock that never goes back. */
  constructor(manifest: { readonly ranks: readonly RankTotal[] }, now = () => performance.now()) {
    this.#now = now;
    this.#movedAt = now();
    this.#ranks = new Map(
      manifest.ranks.map(({ rank, sizeBytes, files }) => [
        rank,
        {
          rank,
          bytesDone: 0,
          bytesTotal: sizeBytes,
          filesDone: 0,
          filesTotal: files.length,
          bytesRead: 0,
          bytesEnded: 0,
        },
      ]),
    );
  }

  /** A file that is read from now on, or waits for its turn. */
  begin(rank: number): { heard: (bytes: number) => void; end: () => void } {
    const reading = { hasBegun: false };
    this.#readings.add(reading);
    return {
      heard: (bytes) => {
        reading.hasBegun = true;
        this.#movedAt = this.#now();
        const progress = this.#ranks.get(rank);
        if (progress !== undefined) progress.bytesRead += bytes;
      },
      end: () => {
        this.#readings.delete(reading);
        this.#movedAt = this.#now();
      },
    };
  }

  /** One file of a rank is done with, whether it was read or not. */
  ended(rank: number, sizeBytes: number): void {
    this.#movedAt = this.#now();
    const progress = this.#ranks.get(rank);
    if (progress === undefined) return;
    progress.filesDone += 1;
    progress.bytesEnded += sizeBytes;
  }

  /** Never goes back, and is at the total when the last file is done with. */
  ranks(): RankProgress[] {
    return [...this.#ranks.values()].map((known) => {
      const { rank, bytesTotal, filesDone, filesTotal } = known;
      const isOver = filesDone === filesTotal;
      known.bytesDone = isOver ? bytesTotal : Math.min(bytesTotal, Math.max(known.bytesRead, known.bytesEnded));
      return { rank, bytesDone: known.bytesDone, bytesTotal, filesDone, filesTotal };
    });
  }

  /** In milliseconds; 0 while all that was asked for waits for others to be read first. */
  stoodMs(): number {
    const isWaiting = this.#readings.size > 0 && [...this.#readings].every(({ hasBegun }) => !hasBegun);
    return isWaiting ? 0 : this.#now() - this.#movedAt;
  }
}

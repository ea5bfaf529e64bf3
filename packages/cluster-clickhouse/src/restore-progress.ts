import type { HostRestore, HostTrial } from "@snapdeck/contract/host";
import type { RankProgress } from "@snapdeck/contract/job";
import type { Manifest } from "@snapdeck/contract/manifest";

/** What the host manager sees of directories that are filled. */
type Fresh = Pick<HostRestore | HostTrial, "ranks">;

/**
 * Progress of a restore, or of a trial, for each rank, by what its fresh directory holds on disk: the engine's own counter stands still on a
 * local RESTORE. What the directory held before counts as nothing.
 */
export class RestoreProgress {
  readonly #before: ReadonlyMap<number, number>;
  readonly #ranks: Map<number, RankProgress>;

  constructor(manifest: Manifest, before: Fresh) {
    this.#before = new Map(before.ranks.map(({ rank, bytesOnDisk }) => [rank, bytesOnDisk]));
    this.#ranks = new Map(
      manifest.ranks.map(({ rank, sizeBytes, files }) => [
        rank,
        { rank, bytesDone: 0, bytesTotal: sizeBytes, filesDone: 0, filesTotal: files.length },
      ]),
    );
  }

  get ranks(): RankProgress[] {
    return [...this.#ranks.values()];
  }

  /** Never goes back, and stays below the total until the rank is done. */
  after(restore: Fresh, doneRanks: ReadonlySet<number>): RankProgress[] {
    for (const { rank, bytesOnDisk } of restore.ranks) {
      const known = this.#ranks.get(rank);
      if (known === undefined) continue;
      const { bytesTotal, filesTotal } = known;
      const grown = Math.max(0, bytesOnDisk - (this.#before.get(rank) ?? 0));
      const bytesDone = doneRanks.has(rank) ? bytesTotal : Math.min(Math.max(known.bytesDone, grown), bytesTotal);
      const share = bytesTotal === 0 ? 0 : bytesDone / bytesTotal;
      const filesDone = doneRanks.has(rank) ? filesTotal : Math.floor(filesTotal * share);
      this.#ranks.set(rank, { ...known, bytesDone, filesDone });
    }
    return this.ranks;
  }
}

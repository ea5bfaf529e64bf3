import type { RankProgress } from "@snapdeck/contract/job";
import type { Manifest } from "@snapdeck/contract/manifest";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { escapeName } from "./restore-check.ts";

type ManifestRank = Manifest["ranks"][number];

/** An L3 moves every byte of a backup three times: it reads it in the store, restores it, and reads what was restored. */
const LEGS = 3;

/** Counts the bytes of one leg as a part of the whole way, so that the bar of an L3 never goes back. */
export function inLeg(leg: 0 | 1 | 2, report: WorkReport): WorkReport {
  if (report.type !== "progress") return report;
  return {
    type: "progress",
    ranks: report.ranks.map(({ rank, bytesDone, bytesTotal, filesDone, filesTotal }) => ({
      rank,
      bytesDone: leg * bytesTotal + bytesDone,
      bytesTotal: LEGS * bytesTotal,
      filesDone: leg * filesTotal + filesDone,
      filesTotal: LEGS * filesTotal,
    })),
  };
}

/** Progress of the scans, by the files of the tables that are done: nobody tells how far one scan is in bytes. */
export class ScanProgress {
  readonly #ranks: Map<number, RankProgress>;

  constructor(manifest: Manifest) {
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

  scanned(rank: ManifestRank, { database, table }: { database: string; table: string }): void {
    const known = this.#ranks.get(rank.rank);
    if (known === undefined) return;
    const prefix = `data/${escapeName(database)}/${escapeName(table)}/`;
    const files = rank.files.filter((file) => file.path.startsWith(prefix));
    this.#ranks.set(rank.rank, {
      ...known,
      bytesDone: known.bytesDone + files.reduce((sum, file) => sum + file.sizeBytes, 0),
      filesDone: known.filesDone + files.length,
    });
  }

  /** Everything that is not a table's rows counts once all are scanned. */
  finish(): RankProgress[] {
    return this.ranks.map((rank) => ({ ...rank, bytesDone: rank.bytesTotal, filesDone: rank.filesTotal }));
  }
}

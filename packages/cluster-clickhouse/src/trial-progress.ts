import type { RankProgress } from "@snapdeck/contract/job";
import type { Manifest } from "@snapdeck/contract/manifest";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { escapeName } from "./restore-check.ts";

type ManifestRank = Manifest["ranks"][number];

/** An L3 moves a backup's bytes four times: read in the store, restored, read where they were restored, read in the backup by the engine. */
const LEGS = 4;

/** Counts the bytes of one of the first legs as a part of the whole way, so that the bar of an L3 never goes back. */
export function inLeg(leg: 0 | 1, report: WorkReport): WorkReport {
  if (report.type !== "progress") return report;
  return { type: "progress", ranks: report.ranks.map((rank) => onTheWay(rank, leg, rank)) };
}

type Done = Pick<RankProgress, "bytesDone" | "filesDone">;

function onTheWay({ rank, bytesTotal, filesTotal }: RankProgress, legsDone: number, now: Done): RankProgress {
  return {
    rank,
    bytesDone: legsDone * bytesTotal + now.bytesDone,
    bytesTotal: LEGS * bytesTotal,
    filesDone: legsDone * filesTotal + now.filesDone,
    filesTotal: LEGS * filesTotal,
  };
}

/** Progress of the scans, by the files of the tables that are done: nobody tells how far one scan is in bytes. */
export class ScanProgress {
  readonly #ranks: Map<number, RankProgress & { legsDone: number }>;

  constructor(manifest: Pick<Manifest, "ranks">) {
    this.#ranks = new Map(
      manifest.ranks.map(({ rank, sizeBytes, files }) => {
        const totals = { bytesTotal: sizeBytes, filesTotal: files.length };
        return [rank, { rank, bytesDone: 0, filesDone: 0, legsDone: 2, ...totals }];
      }),
    );
  }

  get ranks(): RankProgress[] {
    return [...this.#ranks.values()].map((rank) => onTheWay(rank, rank.legsDone, rank));
  }

  /** One table of a leg is done. */
  scanned(rank: ManifestRank, { database, table }: { database: string; table: string }): void {
    const known = this.#ranks.get(rank.rank);
    if (known === undefined) return;
    const prefix = `data/${escapeName(database)}/${escapeName(table)}/`;
    const files = rank.files.filter((file) => file.path.startsWith(prefix));
    known.bytesDone += files.reduce((sum, file) => sum + file.sizeBytes, 0);
    known.filesDone += files.length;
  }

  /** All tables of a leg are done, and with them what is no table's. */
  endLeg({ rank }: ManifestRank): void {
    const known = this.#ranks.get(rank);
    if (known !== undefined)
      this.#ranks.set(rank, { ...known, bytesDone: 0, filesDone: 0, legsDone: known.legsDone + 1 });
  }
}

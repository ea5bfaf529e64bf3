import type { ListedBackup, VerifyOrder, WorkReport } from "@snapdeck/core/ports/cluster";
import type { ClusterParts } from "./cluster-parts.ts";
import { versionOf } from "./engine-version.ts";
import type { HostClient } from "./host-client.ts";
import { backupFolder } from "./paths.ts";
import type { RankPair } from "./rank-restore.ts";
import { contentFaults, earlierScan, type Scans, scanRank } from "./rank-scan.ts";
import { ScanWatch } from "./scan-watch.ts";
import { faultsAgainstBackup } from "./shown-backup.ts";
import { lookAtTrial } from "./trial-host.ts";
import { ScanProgress } from "./trial-progress.ts";
import { whileWatched } from "./while-watched.ts";

/** What a trial found, and by which version of the engine. */
export type TrialFindings = Scans & { readonly engineVersion?: string };

/**
 * Scans every table that was restored into the ranks of a trial, and compares: rows with the manifest, contents with the backup as the
 * engine reads it in place, and with the newest earlier L3 that was passed. Answers undefined when `signal` aborted before.
 * @throws {SnapdeckError} `rank-lost`, `no-progress`, ... which say nothing of the backup
 */
export async function* compareTrial(
  parts: ClusterParts,
  host: HostClient,
  order: VerifyOrder,
  { manifest, proofs }: ListedBackup,
  pairs: readonly RankPair[],
  signal: AbortSignal,
): AsyncGenerator<WorkReport, TrialFindings | undefined> {
  const progress = new ScanProgress(manifest);
  const folder = backupFolder(parts.id, order.backupId);
  const scan = async (pair: RankPair, until: AbortSignal): Promise<Scans> => {
    const onTable = (table: { database: string; table: string }) => progress.scanned(pair.rank, table);
    const { tables, faults } = await scanRank(pair, until, onTable, "hashed");
    progress.endLeg(pair.rank);
    const destination = parts.engineStore(`${folder}/${pair.rank.folder}`);
    const inBackup = await faultsAgainstBackup(pair, destination, tables, until, onTable);
    progress.endLeg(pair.rank);
    return { tables, faults: [...faults, ...inBackup] };
  };
  const watch = new ScanWatch(
    parts,
    pairs.map(({ client }) => client),
  );
  const scans = yield* whileWatched((until) => Promise.all(pairs.map((pair) => scan(pair, until))), {
    pollMs: parts.settings.pollMs,
    signal,
    look: async (): Promise<WorkReport> => {
      await lookAtTrial(host, order.jobId);
      await watch.look(JSON.stringify(progress.ranks));
      return { type: "progress", ranks: progress.ranks };
    },
    // What still runs ends with the ranks; a rank that hangs must not be waited for.
    isAwaited: false,
  });
  if (scans === undefined) return undefined;
  yield { type: "progress", ranks: progress.ranks };
  const tables = scans.flatMap((each) => each.tables);
  const engineVersion = await versionOf(pairs);
  const faults = [
    ...scans.flatMap((each) => each.faults),
    ...contentFaults(tables, earlierScan(proofs, engineVersion)),
  ];
  return { tables, faults, engineVersion };
}

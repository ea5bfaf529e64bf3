import type { ProofFault, ProofRecord } from "@snapdeck/contract/proof";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ClusterParts } from "./cluster-parts.ts";
import { versionOf } from "./engine-version.ts";
import type { RankPair } from "./rank-restore.ts";
import { contentFaults, earlierScan, scanRank } from "./rank-scan.ts";
import { ScanWatch } from "./scan-watch.ts";
import { whileWatched } from "./while-watched.ts";

/**
 * Compares what was restored on all ranks with the manifest: the same databases and tables, every stored column of every table read in
 * full, as many rows; and where an L3 proof of the backup was passed by the same version of the engine, the same contents as then. The engine's word and its count are
 * no proof: a scan alone meets a file that is short or corrupt. Yields again and again while it works. Answers false when `signal`
 * aborted before.
 * @throws {SnapdeckError} `restore-differs`, `no-progress`, `rank-lost`, ...
 */
export async function* compareRestored(
  { settings }: Pick<ClusterParts, "settings">,
  pairs: readonly RankPair[],
  proofs: readonly ProofRecord[],
  signal: AbortSignal,
): AsyncGenerator<void, boolean> {
  let scanned = 0;
  const onTable = () => {
    scanned += 1;
  };
  const watch = new ScanWatch(
    { settings },
    pairs.map(({ client }) => client),
  );
  const earlier = earlierScan(proofs, await versionOf(pairs));
  // Without an earlier one there is nothing to compare hashes with.
  const depth = earlier.length === 0 ? "read" : "hashed";
  const scans = yield* whileWatched(
    (until) => Promise.all(pairs.map((pair) => scanRank(pair, until, onTable, depth))),
    {
      pollMs: settings.pollMs,
      signal,
      look: () => watch.look(String(scanned)),
    },
  );
  if (scans === undefined) return false;
  const tables = scans.flatMap((each) => each.tables);
  assertSame([...scans.flatMap((each) => each.faults), ...contentFaults(tables, earlier)]);
  return true;
}

function assertSame([first, ...others]: readonly ProofFault[]): void {
  if (first === undefined) return;
  const more = others.length === 0 ? "" : `, and ${others.length} more differ`;
  throw new SnapdeckError(
    "restore-differs",
    `${first.subject}: ${first.detail}${more}; nothing was swapped in, the data is as it was before`,
    { hint: "Choose another backup; this one, or the disk it stands on, is damaged." },
  );
}

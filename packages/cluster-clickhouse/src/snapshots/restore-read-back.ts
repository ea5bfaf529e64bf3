import type { RankProgress } from "@snapdeck/contract/job";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SnapshotFile } from "@snapdeck/contract/snapshot-file";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import type { DatabaseBackupStore } from "@snapdeck/core/ports/database-backup-store";
import type { ClusterParts } from "../cluster-parts.ts";
import { concurrently } from "../concurrently.ts";
import { pause } from "../pause.ts";
import { ReadMeter } from "../read-meter.ts";
import type { RestoreFiles } from "./restore-source.ts";
import { roleOf } from "./snapshot-paths.ts";

const READS_AT_ONCE = 4;

/** What a file of the store must read as; a file that is put together of several parts has no checksum of each. */
type Reading = {
  readonly path: string;
  readonly rank: number;
  readonly sizeBytes: number;
  readonly expected: { readonly kind: "clickhouse" | "sha256"; readonly digest: string } | undefined;
};

/**
 * L2: reads every byte that a snapshot consists of, wherever on its chain it stands. Answers false when `signal` aborted before.
 * @throws {SnapdeckError} `backup-unusable` naming the first file that differs, `no-progress`, `store-unavailable`
 */
export async function* readBackChain(
  { settings }: Pick<ClusterParts, "settings">,
  { files: store }: DatabaseBackupStore,
  { files, pathsOf }: RestoreFiles,
  signal: AbortSignal,
): AsyncGenerator<WorkReport, boolean> {
  const readings = [...new Map(files.flatMap((file) => readingsOf(file, pathsOf)).map((each) => [each.path, each])).values()];
  const meter = new ReadMeter({ ranks: totals(readings) });
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const work = concurrently(readings, READS_AT_ONCE, async (reading) => {
    const { path, rank, sizeBytes, expected } = reading;
    until.throwIfAborted();
    const meters = meter.begin(rank);
    try {
      const found = await store.digest(path, expected?.kind ?? "sha256", until, (bytes) => meters.heard(bytes));
      const isSame = found?.sizeBytes === sizeBytes && (expected === undefined || found.digest === expected.digest);
      if (!isSame) throw differs(path);
    } finally {
      meters.end();
    }
    meter.ended(rank, sizeBytes);
  }).then(() => true as const);
  try {
    for (;;) {
      if (signal.aborted) return false;
      const isDone = await Promise.race([work, pause(settings.pollMs, signal)]);
      yield { type: "progress", ranks: meter.ranks() };
      if (isDone) return true;
      if (meter.stoodMs() > settings.noProgressMs) throw stalled(meter.stoodMs());
    }
  } catch (thrown) {
    if (signal.aborted) return false;
    throw thrown;
  } finally {
    over.abort();
    await work.catch(() => undefined);
  }
}

function readingsOf(file: SnapshotFile, pathsOf: RestoreFiles["pathsOf"]): Reading[] {
  const paths = pathsOf(file);
  const rank = roleOf(file.folder)?.rank ?? 0;
  const whole = paths.length === 1;
  const expected =
    file.checksum !== undefined
      ? { kind: "clickhouse" as const, digest: file.checksum }
      : file.sha256 !== undefined
        ? { kind: "sha256" as const, digest: file.sha256 }
        : undefined;
  return paths.map(({ path, sizeBytes }) => ({ path, rank, sizeBytes, expected: whole ? expected : undefined }));
}

function totals(readings: readonly Reading[]): ConstructorParameters<typeof ReadMeter>[0]["ranks"] {
  const ranks = new Map<number, RankProgress>();
  for (const { rank, sizeBytes } of readings) {
    const known = ranks.get(rank);
    ranks.set(rank, {
      rank,
      bytesDone: 0,
      bytesTotal: (known?.bytesTotal ?? 0) + sizeBytes,
      filesDone: 0,
      filesTotal: (known?.filesTotal ?? 0) + 1,
    });
  }
  return [...ranks.values()];
}

function differs(path: string): SnapdeckError {
  return new SnapdeckError(
    "backup-unusable",
    `${path} holds other bytes than were backed up; nothing was restored, and nothing that exists was touched`,
    { hint: "Restore an older snapshot, and find out who touched the store." },
  );
}

function stalled(stoodMs: number): SnapdeckError {
  return new SnapdeckError(
    "no-progress",
    `no byte of the backup could be read for ${Math.round(stoodMs / 1000)} s, so the restore was ended; nothing was restored`,
    { hint: "See whether the store answers, then try again." },
  );
}

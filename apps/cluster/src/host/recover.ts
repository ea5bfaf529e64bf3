import { existsSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { findRestore, type RestoreRecord, rememberRestore, rememberSwapIn } from "./cluster-facts.ts";
import type { ClusterFile } from "./cluster-file.ts";
import { liveDirectory, restoreDirectory } from "./cluster-layout.ts";
import { syncDirectory } from "./durable-file.ts";
import { waitForEngineLock } from "./engine-lock.ts";
import { unsafeBecause } from "./private-directory.ts";
import { type ProcessIdentity, waitUntilGone } from "./process-identity.ts";
import type { ProcessRecords } from "./process-records.ts";
import { removePreviousDirectories, removeRestoreDirectories, removeTrialLeftovers } from "./removal.ts";
import { settleAfterRestart } from "./restore-phase.ts";
import { StartFailure } from "./start-failure.ts";
import { carrySwapThrough, readSwapMarker, removeSwapMarker, type SwapMarker } from "./swap.ts";

/** A rank that lost its host manager closes its engine by itself within 20 s; one that takes longer hangs, and is killed. */
const ORPHAN_WAIT_MS = 25_000;
const KILL_WAIT_MS = 5_000;

export type RecoveryParts = { clusterDir: string; file: ClusterFile; records: ProcessRecords; log: Logger };

/**
 * What a host manager does before it starts anything: it waits for the ranks of the one before, carries a decided swap
 * through, ends restores that were open, finishes removals, and removes trials. Every step may be cut off and done again. Throws a
 * StartFailure when the directories are not as any of this leaves them; then nothing more is touched.
 */
export async function recover(parts: RecoveryParts): Promise<void> {
  await endOrphans(parts);
  await carryOnSwap(parts);
  await settleRestores(parts);
  await removeTrials(parts);
  await ensureLiveDirectories(parts);
}

async function endOrphans({ clusterDir, records, log }: RecoveryParts): Promise<void> {
  await Promise.all((await records.leftBehind()).map((orphan) => endOrphan(orphan, log)));
  const entries = readdirSync(clusterDir, { withFileTypes: true });
  for (const { name } of entries.filter((each) => /^rank-\d+/.test(each.name) && !each.isFile())) {
    const holder = await waitForEngineLock(join(clusterDir, name), {
      timeoutMs: ORPHAN_WAIT_MS,
      onWait: (pid) => log.warn({ pid, directory: name }, "waiting for the process that holds a rank directory"),
    });
    if (holder !== undefined) {
      throw new StartFailure(
        "rank-left-behind",
        `process ${holder} holds ${name} and does not let go; nothing was changed. End that process, then start again`,
      );
    }
  }
  records.clear();
}

async function endOrphan(orphan: ProcessIdentity, log: Logger): Promise<void> {
  if (await waitUntilGone(orphan, 0)) return;
  log.warn({ pid: orphan.pid }, "waiting for a rank of the host manager before, which is still stopping");
  if (await waitUntilGone(orphan, ORPHAN_WAIT_MS)) return;
  log.error({ pid: orphan.pid }, "the rank does not stop by itself and is killed");
  process.kill(orphan.pid, "SIGKILL");
  if (await waitUntilGone(orphan, KILL_WAIT_MS)) return;
  throw new StartFailure(
    "rank-left-behind",
    `rank process ${orphan.pid} of an earlier host manager cannot be killed; nothing was changed. End it, then start again`,
  );
}

async function carryOnSwap({ clusterDir, file, log }: RecoveryParts): Promise<void> {
  let marker: SwapMarker | undefined;
  try {
    marker = await readSwapMarker(clusterDir);
    if (marker === undefined) return;
    const swapMs = await carrySwapThrough(clusterDir, marker);
    await noteSwap(file, marker, swapMs);
  } catch (error) {
    throw new StartFailure(
      "cluster-damaged",
      `a swap was decided and cannot be carried through: ${error instanceof Error ? error.message : String(error)}. ` +
        `Nothing was removed; look at swap.json and the rank directories in ${clusterDir}`,
      error,
    );
  }
  await removeSwapMarker(clusterDir);
  log.warn(
    { operationId: marker.operationId, direction: marker.direction },
    "a swap that was cut off is carried through",
  );
}

async function noteSwap(file: ClusterFile, marker: SwapMarker, swapMs: number): Promise<void> {
  const record = findRestore(file.facts, marker.operationId);
  if (record === undefined) throw new Error(`restore ${marker.operationId} is not known`);
  if (record.phase === (marker.direction === "in" ? "swapped" : "undone")) return;
  await file.change((facts) =>
    marker.direction === "in"
      ? rememberSwapIn(facts, { ...record, swapMs, swappedAt: new Date().toISOString() })
      : rememberRestore(facts, { ...record, phase: "undone", swapMs, detail: undefined }),
  );
}

async function settleRestores({ clusterDir, file, log }: RecoveryParts): Promise<void> {
  for (const record of file.facts.restores) {
    const settled = settleAfterRestart(record);
    if (settled.phase !== record.phase) {
      log.warn({ operationId: record.operationId, was: record.phase, is: settled.phase }, "a restore was cut off");
      await file.change((facts) => rememberRestore(facts, settled));
    }
    if (settled.phase !== "swapped") await removeLeftovers(clusterDir, file, settled);
    if (settled.phase === "swapped" && settled.keeping) {
      await removePreviousDirectories(clusterDir, settled.operationId, file.facts.ranks);
      const kept: RestoreRecord = { ...settled, phase: "kept", keeping: false, detail: undefined };
      await file.change((facts) => rememberRestore(facts, kept));
    }
  }
}

async function removeLeftovers(clusterDir: string, file: ClusterFile, restore: RestoreRecord): Promise<void> {
  const { ranks } = file.facts;
  const isThere = Array.from({ length: ranks }, (_, rank) =>
    restoreDirectory(clusterDir, rank, restore.operationId),
  ).some((directory) => existsSync(directory));
  if (isThere) await removeRestoreDirectories(clusterDir, restore.operationId, ranks);
}

/** No trial outlives its host manager, so whatever is there of one belongs to nobody. */
async function removeTrials({ clusterDir, log }: RecoveryParts): Promise<void> {
  const names = await removeTrialLeftovers(clusterDir);
  if (names.length > 0) log.warn({ names }, "what a trial left is removed");
}

/** Makes the rank directories of a new cluster. In one that had them, a missing one is a loss that must not look like "empty". */
async function ensureLiveDirectories({ clusterDir, file }: RecoveryParts): Promise<void> {
  const { ranks, ranksMade } = file.facts;
  const uid = process.getuid?.() ?? 0;
  for (let rank = 0; rank < ranks; rank += 1) {
    const directory = liveDirectory(clusterDir, rank);
    const stats = lstatSync(directory, { throwIfNoEntry: false });
    if (stats === undefined && !ranksMade) mkdirSync(directory, { mode: 0o700 });
    else if (stats === undefined) {
      throw new StartFailure(
        "cluster-damaged",
        `the data directory of rank ${rank} (${directory}) is missing; nothing was made in its place. Put it back`,
      );
    } else if (!stats.isDirectory()) {
      throw new StartFailure(
        "directory-unsafe",
        `${directory} is not a directory (a link is not followed); nothing was touched`,
      );
    } else {
      const reason = unsafeBecause(stats, uid);
      if (reason !== undefined) throw new StartFailure("directory-unsafe", `${directory} is not safe: ${reason}`);
    }
  }
  if (ranksMade) return;
  await syncDirectory(clusterDir);
  await file.change((facts) => ({ ...facts, ranksMade: true }));
}

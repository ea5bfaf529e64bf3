import type { BackupPlace } from "@snapdeck/core/ports/database-backups";
import type { FolderView } from "@snapdeck/core/snapshots/backup-view";
import type { PlanStep } from "@snapdeck/core/snapshots/plan-steps";
import type { ClusterParts } from "../cluster-parts.ts";
import { allFiles } from "../l1-proof.ts";
import { describeFaults, faultsInStore } from "../store-check.ts";
import { Left } from "./carry-out-reporting.ts";
import { readSnapshotsBack, refuseFaults } from "./read-snapshot-back.ts";
import type { Report } from "./reporting.ts";
import { snapshotFolder } from "./snapshot-paths.ts";
import { notProven } from "./take-proof.ts";

/** What a merge has put together. */
export type Made = { readonly made: readonly PlanStep[]; readonly level: "L1" | "L2" };

/**
 * Proves the snapshot that a merge made. L1: every file is there with its size and none besides, and the engine's account of each folder can
 * be read as it was written. L2: every byte is read back, too.
 * @throws {SnapdeckError} `proof-failed`, `store-unavailable`; `Left` when `signal` aborted
 */
export async function proveMerged(
  parts: Pick<ClusterParts, "settings">,
  { store, backup }: BackupPlace,
  { made, level }: Made,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const content = made.find((step) => step.step === "write-content");
  if (content === undefined) throw new Error("the plan lists no content");
  const { id } = content;
  const folder = snapshotFolder(backup, id);
  const expected = [{ path: `${id}.mdb`, sizeBytes: content.stamp.sizeBytes }, ...made.flatMap(fileOf)];
  const faults = faultsInStore(folder, expected, await allFiles(store.files, folder));
  if (faults.length > 0) throw notProven(describeFaults(faults));
  const folders = new Map<string, FolderView>();
  for (const step of made) {
    if (step.step !== "write-metadata") continue;
    const path = step.path.slice(`${id}/`.length, -"/.backup".length);
    const read = await store.metadata(backup, id, path);
    if (read.standing.sha256 !== store.stamper.text(step.text).sha256)
      throw notProven(`${step.path} is not what was written`);
    folders.set(path, read);
  }
  if (level === "L1") return;
  report({ type: "phase", phase: "reading" });
  const reading = readSnapshotsBack(
    parts,
    store.files,
    [{ backup, chain: [{ id }], files: content.files, folders }],
    signal,
  );
  for (;;) {
    const step = await reading.next();
    if (!step.done) report(step.value);
    else if (step.value === undefined) throw new Left();
    else return refuseFaults(backup, step.value, "the merged snapshot is not listed, and the backup is as it was");
  }
}

function fileOf(step: PlanStep): { path: string; sizeBytes: number }[] {
  if (step.step !== "compose" && step.step !== "write-metadata") return [];
  const path = step.path.slice(step.path.indexOf("/") + 1);
  return [{ path, sizeBytes: step.step === "compose" ? step.sizeBytes : Buffer.byteLength(step.text) }];
}

import type { Invariant } from "../store-report.ts";
import { type BackupPlace, brokenIn, placeOf, type StoreLook, workerOn } from "./store-look.ts";
import { walk } from "./store-walk.ts";

/** What a write leaves that was cut off before its file had its name. */
export const TEMPORARY = /^\..+\.tmp$/;

/** Says that a folder without a manifest is nobody's: no job under way works on it. */
export async function orphanedBackup(look: StoreLook, place: BackupPlace): Promise<void> {
  const { invariant, whose } = ownerOnce(look, place);
  await orphaned(look, place, { path: place.backup, invariant, why: `is not listed, and ${whose}` });
}

/** Says that an attempt's folder beside the listed one is nobody's. */
export async function orphanedAttempt(look: StoreLook, place: BackupPlace, path: string): Promise<void> {
  await orphaned(look, place, {
    path,
    invariant: "I4",
    why: "belongs to an attempt that is over, and the manifest names another",
  });
}

async function orphaned(
  look: StoreLook,
  place: BackupPlace,
  { path, invariant, why }: { readonly path: string; readonly invariant: Invariant; readonly why: string },
): Promise<void> {
  let files = 0;
  let sizeBytes = 0;
  for await (const entry of walk(placeOf(look, path), look.pace)) {
    if (entry.kind === "folder") continue;
    files += 1;
    sizeBytes += entry.sizeBytes;
  }
  const detail = `${why}; it holds ${files} ${files === 1 ? "file" : "files"}, ${sizeBytes} bytes`;
  brokenIn(look, place, { invariant, kind: "orphan", subject: path, detail, amount: files, ...removable(look, place) });
}

/** Says that a file was left by a write that was cut off, unless a job under way may be writing it. */
export function orphanedTemporary(look: StoreLook, place: BackupPlace, path: string): void {
  if (workerOn(look, place) !== undefined) return;
  const detail = "was left by a write that was cut off";
  brokenIn(look, place, { invariant: "I4", kind: "temporary", subject: path, detail, ...removable(look, place) });
}

/** Without a state that knows the cluster nobody can tell whether a job writes there now, so nothing is removed. */
function removable(look: StoreLook, { clusterId }: BackupPlace): { removable?: boolean } {
  return look.knowsCluster(clusterId) ? { removable: true } : {};
}

function ownerOnce(look: StoreLook, { backup, clusterId }: BackupPlace): { invariant: Invariant; whose: string } {
  if (look.jobsOf === undefined) {
    return { invariant: "I4", whose: "no state was given that could name a job under way there" };
  }
  if (!look.knowsCluster(clusterId)) {
    return { invariant: "I4", whose: "the state knows no such cluster, so another console may be at work there" };
  }
  const last = look.jobsOf(backup).findLast((job) => job.kind === "delete-backup" || job.kind === "backup");
  if (last === undefined) return { invariant: "I4", whose: "no job ever named it" };
  const whose = `job ${last.id} (${last.kind}) is ${last.stateName}`;
  if (last.kind === "delete-backup") return { invariant: "I11", whose };
  return { invariant: last.stateName === "canceled" ? "I26" : "I4", whose };
}

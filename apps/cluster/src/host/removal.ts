import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import { previousDirectory, restoreDirectory, TRIAL_DIRECTORY_NAME, trialDirectory } from "./cluster-layout.ts";
import { syncDirectory } from "./durable-file.ts";

/** Removes what a restore built and did not put in place, or what its undo put aside. Nothing there: nothing to do. */
export async function removeRestoreDirectories(clusterDir: string, operationId: string, ranks: number): Promise<void> {
  for (let rank = 0; rank < ranks; rank += 1) {
    await rm(restoreDirectory(clusterDir, rank, operationId), { recursive: true, force: true });
    await failpoint(`discard.rank${rank}.afterRemoval`);
  }
  await syncDirectory(clusterDir);
}

/** Removes the data from before a restore. There is no way back. */
export async function removePreviousDirectories(clusterDir: string, operationId: string, ranks: number): Promise<void> {
  for (let rank = 0; rank < ranks; rank += 1) {
    await rm(previousDirectory(clusterDir, rank, operationId), { recursive: true, force: true });
    await failpoint(`keep.rank${rank}.afterRemoval`);
  }
  await syncDirectory(clusterDir);
}

/** Removes what a trial built. */
export async function removeTrialDirectories(clusterDir: string, operationId: string, ranks: number): Promise<void> {
  for (let rank = 0; rank < ranks; rank += 1) {
    await rm(trialDirectory(clusterDir, rank, operationId), { recursive: true, force: true });
    await failpoint(`trial.rank${rank}.afterRemoval`);
  }
  await syncDirectory(clusterDir);
}

/** Removes what trials of an earlier host manager left, and answers the names. No rank may live there. */
export async function removeTrialLeftovers(clusterDir: string): Promise<string[]> {
  const entries = await readdir(clusterDir, { withFileTypes: true });
  const names = entries.filter((each) => each.isDirectory() && TRIAL_DIRECTORY_NAME.test(each.name));
  for (const { name } of names) await rm(join(clusterDir, name), { recursive: true, force: true });
  if (names.length > 0) await syncDirectory(clusterDir);
  return names.map(({ name }) => name);
}

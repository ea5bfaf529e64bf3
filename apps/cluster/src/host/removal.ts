import { rm } from "node:fs/promises";
import { previousDirectory, restoreDirectory } from "./cluster-layout.ts";
import { syncDirectory } from "./durable-file.ts";
import { failpoint } from "@snapdeck/failpoint/failpoint";

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

import type { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { type BackedUpTable, countsToZero } from "./backup-contents.ts";
import { concurrently } from "./concurrently.ts";

/** Small files that are read at once. */
const READS_AT_ONCE = 16;

/**
 * The rows of a table by what the engine counted when it backed it up; undefined where it counts none.
 * @param read reads a file of the backup
 * @param failure makes what is thrown when a count is none
 */
export async function rowsOf(
  { hasData, countFiles }: Pick<BackedUpTable, "hasData" | "countFiles">,
  engine: string,
  read: (path: string) => Promise<Uint8Array | undefined>,
  failure: (detail: string) => SnapdeckError,
): Promise<number | undefined> {
  if (!hasData) return countsToZero(engine) ? 0 : undefined;
  if (countFiles === undefined) return undefined;
  const counts = await concurrently(countFiles, READS_AT_ONCE, async (path) => {
    const digits = new TextDecoder().decode(await read(path)).trim();
    if (!/^\d{1,15}$/.test(digits)) throw failure(`${path} should hold a number of rows and does not`);
    return Number(digits);
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

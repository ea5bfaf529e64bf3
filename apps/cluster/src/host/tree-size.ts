import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

async function sizeOf(path: string): Promise<number> {
  // A file may go away between the listing and the look: engines merge parts all the time.
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const child = join(path, entry.name);
      if (entry.isDirectory()) return sizeOf(child);
      return entry.isFile()
        ? await lstat(child).then(
            (stats) => stats.size,
            () => 0,
          )
        : 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Four looks in a second are what a progress bar can show. */
const FRESH_MS = 250;
/** A walk may cost a tenth of the time at most. */
const SHARE = 10;

/** How many bytes the files of a tree hold, walked anew only when the last answer has become old. 0 when there is no tree. */
export class TreeSize {
  readonly #path: string;
  #bytes: Promise<number> = Promise.resolve(0);
  #oldAt = 0;

  constructor(path: string) {
    this.#path = path;
  }

  bytes(): Promise<number> {
    const startedAt = performance.now();
    if (startedAt < this.#oldAt) return this.#bytes;
    this.#oldAt = Number.POSITIVE_INFINITY;
    this.#bytes = sizeOf(this.#path).finally(() => {
      const tookMs = performance.now() - startedAt;
      this.#oldAt = performance.now() + Math.max(FRESH_MS, tookMs * SHARE);
    });
    return this.#bytes;
  }
}

import { statfs } from "node:fs/promises";

export type DiskSpace = { diskFreeBytes: number; diskTotalBytes: number };

/** A disk does not fill so fast that a page asking several times a second needs it fresher. */
const FRESH_MS = 1_000;

/** The room on the file system of a directory, as an ordinary user may use it; asked anew when the last answer is old. */
export class DiskGauge {
  readonly #path: string;
  #space: Promise<DiskSpace> | undefined;
  #oldAt = 0;

  constructor(path: string) {
    this.#path = path;
  }

  space(): Promise<DiskSpace> {
    const now = performance.now();
    if (this.#space !== undefined && now < this.#oldAt) return this.#space;
    this.#oldAt = now + FRESH_MS;
    this.#space = statfs(this.#path).then(({ bsize, bavail, blocks }) => ({
      diskFreeBytes: bsize * bavail,
      diskTotalBytes: bsize * blocks,
    }));
    return this.#space;
  }
}

import { statfs } from "node:fs/promises";

export type DiskSpace = { diskFreeBytes: number; diskTotalBytes: number };

/**
 * The room on the file system of a directory, as an ordinary user may use it. Measured at every question, because a restore is
 * refused by it: who has just made room must not be told of the room there was. Questions asked while one is under way share its
 * answer, so that a network file system that hangs is asked once.
 */
export class DiskGauge {
  readonly #path: string;
  #underWay: Promise<DiskSpace> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  space(): Promise<DiskSpace> {
    this.#underWay ??= measured(this.#path).finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }
}

async function measured(path: string): Promise<DiskSpace> {
  const { bsize, bavail, blocks } = await statfs(path);
  return { diskFreeBytes: bsize * bavail, diskTotalBytes: bsize * blocks };
}

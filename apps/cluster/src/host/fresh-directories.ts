import { mkdirSync } from "node:fs";
import type { RankGroup } from "./rank-group.ts";
import { TreeSize } from "./tree-size.ts";

/** The directories that ranks beside the live ones work on, one for each, made for one restore or trial. */
export class FreshDirectories {
  readonly paths: readonly string[];
  readonly #sizes: readonly TreeSize[];

  constructor(group: RankGroup) {
    this.paths = group.slots.map((slot) => slot.setup.dataDir);
    this.#sizes = this.paths.map((path) => new TreeSize(path));
  }

  /** Throws where a directory of that name is already: whoever works there starts from nothing. */
  make(): void {
    for (const path of this.paths) mkdirSync(path, { mode: 0o700 });
  }

  /** What they hold now, in bytes, by rank number. */
  bytesOnDisk(): Promise<number[]> {
    return Promise.all(this.#sizes.map((size) => size.bytes()));
  }

  /** What is left of the room that filling them takes, in bytes. */
  async stillNeededBytes(neededBytes: number): Promise<number> {
    const held = await this.bytesOnDisk();
    return Math.max(0, neededBytes - held.reduce((sum, bytes) => sum + bytes, 0));
  }
}

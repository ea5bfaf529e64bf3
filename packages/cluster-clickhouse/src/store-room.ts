import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ObjectStore } from "@snapdeck/core/ports/object-store";
import type { ClusterParts } from "./cluster-parts.ts";
import { RoomWatch } from "./room-watch.ts";

/** The words that tell of what is written to a store. */
export type RoomWords = {
  /** Goes on "the ...": `backup`, `snapshot`. */
  readonly what: string;
  /** How room is made there. */
  readonly hint: string;
};

/** The room on a store while engines write to it. A store that knows of no end of its room never lacks any. */
export class StoreRoom {
  readonly #settings: ClusterParts["settings"];
  readonly #store: Pick<ObjectStore, "name" | "space">;
  readonly #words: RoomWords;

  constructor(
    { settings }: Pick<ClusterParts, "settings">,
    store: Pick<ObjectStore, "name" | "space">,
    words: RoomWords,
  ) {
    this.#settings = settings;
    this.#store = store;
    this.#words = words;
  }

  /**
   * Refuses what cannot fit, before anything is written.
   * @param plannedBytes what the tables take now; a tenth more is asked for, because they grow while they are copied
   * @throws {SnapdeckError} `disk-full`, `store-unavailable`
   */
  async assertRoom(plannedBytes: number): Promise<void> {
    const neededBytes = Math.ceil(plannedBytes * 1.1) + this.#settings.floorBytes;
    const freeBytes = await this.#freeBytes();
    if (freeBytes === undefined || freeBytes >= neededBytes) return;
    const { what } = this.#words;
    throw this.#full(
      `the ${what} needs ${neededBytes} bytes and the store ${this.#store.name} has ${freeBytes}; nothing was written`,
    );
  }

  /** Ends the work before it fills the store, or somebody beside it does. */
  watch(): RoomWatch {
    return new RoomWatch(
      { settings: this.#settings },
      () => this.#freeBytes(),
      (freeBytes) => this.#tooFull(freeBytes),
    );
  }

  /**
   * Looks once more when all is written: too little room makes what was written last doubtful.
   * @throws {SnapdeckError} `disk-full`, `store-unavailable`
   */
  async assertFloor(): Promise<void> {
    const freeBytes = await this.#freeBytes();
    if (freeBytes !== undefined && freeBytes < this.#settings.floorBytes) throw this.#tooFull(freeBytes);
  }

  /**
   * On a full disk the engine stumbles over its own short files and blames whatever it sees: what is true is answered instead of
   * `thrown`, while the disk is still full.
   */
  async asDiskFull(thrown: unknown): Promise<unknown> {
    if (!(thrown instanceof SnapdeckError) || (thrown.code !== "engine-failed" && thrown.code !== "proof-failed"))
      return thrown;
    const freeBytes = await this.#freeBytes().catch(() => undefined);
    if (freeBytes === undefined || freeBytes >= this.#settings.floorBytes) return thrown;
    const { what } = this.#words;
    return this.#full(
      `the store ${this.#store.name} ran full (${freeBytes} bytes left) while the ${what} was written; it is not listed, and what it had written is removed`,
      thrown,
    );
  }

  async #freeBytes(): Promise<number | undefined> {
    return (await this.#store.space())?.freeBytes;
  }

  #tooFull(freeBytes: number): SnapdeckError {
    return this.#full(
      `the store ${this.#store.name} has ${freeBytes} bytes left and ${this.#settings.floorBytes} must stay free, too few to trust what was just written; the ${this.#words.what} is not listed`,
    );
  }

  #full(detail: string, cause?: unknown): SnapdeckError {
    return new SnapdeckError("disk-full", detail, { hint: this.#words.hint, cause });
  }
}

/** The room for System Backups. */
export function backupRoom(parts: Pick<ClusterParts, "settings" | "store">): StoreRoom {
  return new StoreRoom(parts, parts.store, {
    what: "backup",
    hint: "Free some space or delete a backup, then try again.",
  });
}

/** The room for snapshots of database backups. */
export function snapshotRoom(parts: Pick<ClusterParts, "settings">, store: Pick<ObjectStore, "name" | "space">) {
  return new StoreRoom(parts, store, {
    what: "snapshot",
    hint: "Free some space, or purge or drop something, then try again.",
  });
}

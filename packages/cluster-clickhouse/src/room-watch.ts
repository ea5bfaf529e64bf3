import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ClusterParts } from "./cluster-parts.ts";
import type { HostClient } from "./host-client.ts";
import { leastFreeBytes } from "./restore-plan.ts";

/** How often a disk is looked at while work fills it, in milliseconds: often enough to end the work before its last room is gone, and no burden on a disk. */
const LOOK_EVERY_MS = 1_000;

/**
 * Ends work before it fills the disk that it writes to, or somebody beside it does: on a full one the embedded engine loses writes
 * that it counts nowhere, also those of live ranks.
 */
export class RoomWatch {
  readonly #freeBytes: () => Promise<number | undefined>;
  readonly #floorBytes: number;
  readonly #tooFew: (freeBytes: number) => SnapdeckError;
  #lowBytes: number | undefined;
  #isAsking = false;
  #askAt = 0;

  /**
   * @param freeBytes room left on the disk, in bytes; undefined when nobody knows of an end
   * @param tooFew what to throw when fewer are left than the floor
   */
  constructor(
    { settings }: Pick<ClusterParts, "settings">,
    freeBytes: () => Promise<number | undefined>,
    tooFew: (freeBytes: number) => SnapdeckError,
  ) {
    this.#freeBytes = freeBytes;
    this.#floorBytes = settings.floorBytes;
    this.#tooFew = tooFew;
  }

  /**
   * Called again and again while the work goes on. Waits for nothing: whether a disk that hangs or a host manager that is silent ends
   * the work is the matter of those who watch the work itself.
   * @throws {SnapdeckError} `disk-full` when the last measurement was below the floor
   */
  look(): void {
    if (this.#lowBytes !== undefined) throw this.#tooFew(this.#lowBytes);
    if (this.#isAsking || performance.now() < this.#askAt) return;
    this.#isAsking = true;
    void this.#measure();
  }

  async #measure(): Promise<void> {
    try {
      const freeBytes = await this.#freeBytes();
      if (freeBytes !== undefined && freeBytes < this.#floorBytes) this.#lowBytes = freeBytes;
    } catch {
      // Asked again next time; nothing was learned.
    }
    this.#askAt = performance.now() + LOOK_EVERY_MS;
    this.#isAsking = false;
  }
}

/** Watches the disk where the cluster's data lives, while `what` fills it. */
export function dataRoomWatch(
  parts: Pick<ClusterParts, "settings">,
  host: Pick<HostClient, "status">,
  what: string,
  outcome: string,
): RoomWatch {
  const { floorBytes } = parts.settings;
  return new RoomWatch(
    parts,
    async () => leastFreeBytes(await host.status()),
    (freeBytes) =>
      new SnapdeckError(
        "disk-full",
        `${what} was ended because ${freeBytes} bytes were left where the cluster's data lives, and ${floorBytes} must stay free; ${outcome}`,
        { hint: "Free some space where the cluster's data lives, then try again." },
      ),
  );
}

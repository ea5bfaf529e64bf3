import type { BackupId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { BackupEstimate, Cluster, ListedBackup } from "@snapdeck/core/ports/cluster";
import { withDeadline } from "../clusters/with-deadline.ts";

/** How long a store is waited for, in milliseconds. */
type Deadlines = {
  /** For one manifest with its proofs: somebody looks at a page meanwhile. */
  readonly readMs: number;
  /** For a whole listing: nobody waits for it, and a store may hold 100 000 backups. */
  readonly listMs: number;
};

/** So many calls may hang in one store before no more are sent there: each holds one of the few threads that read files. */
const MOST_HANGING = 2;

/** Asks stores what they hold, and says `store-unavailable` where one hangs. */
export class StoreReader {
  readonly #deadlines: Deadlines;
  readonly #hanging = new Map<string, number>();

  constructor(deadlines: Deadlines = { readMs: 10_000, listMs: 60_000 }) {
    this.#deadlines = deadlines;
  }

  /**
   * @param knowsSome whether backups are listed that should be there
   * @throws {SnapdeckError} `store-unavailable`, also when it looks as if it were not mounted; ... as `SystemBackups.list`
   */
  async list(cluster: Cluster, knowsSome: boolean): Promise<BackupId[]> {
    const ids = await this.#ask(cluster, this.#deadlines.listMs, () => cluster.systemBackups.list());
    if (ids.length === 0 && knowsSome) await this.mustBeMounted(cluster);
    return ids;
  }

  /**
   * Reads a backup that is listed.
   * @throws {SnapdeckError} `store-unavailable`, also when it looks as if it were not mounted; ... as `SystemBackups.read`
   */
  async read(cluster: Cluster, backupId: BackupId): Promise<ListedBackup> {
    try {
      return await this.#ask(cluster, this.#deadlines.readMs, () => cluster.systemBackups.read(backupId));
    } catch (error) {
      if (error instanceof SnapdeckError && error.code === "backup-not-found") await this.mustBeMounted(cluster);
      throw error;
    }
  }

  /**
   * For whoever knows that the store was used before.
   * @throws {SnapdeckError} `store-unavailable` when nothing there shows it
   */
  async mustBeMounted(cluster: Cluster): Promise<void> {
    if (await this.#ask(cluster, this.#deadlines.readMs, () => cluster.systemBackups.wasUsed())) return;
    throw new SnapdeckError(
      "store-unavailable",
      `the store of ${cluster.name} holds no trace of this cluster, though backups of it are listed: it is not mounted, or another directory; nothing was changed`,
      { hint: `Mount the store again. If it was emptied on purpose, make an empty folder "${cluster.id}" in it.` },
    );
  }

  estimate(cluster: Cluster): Promise<BackupEstimate> {
    return this.#ask(cluster, this.#deadlines.readMs, () => cluster.systemBackups.estimate());
  }

  restoreSpace(cluster: Cluster, backupId: BackupId): Promise<{ neededBytes: number; freeBytes: number }> {
    return this.#ask(cluster, this.#deadlines.readMs, () => cluster.systemBackups.restoreSpace(backupId));
  }

  async #ask<T>({ id, name }: Cluster, deadlineMs: number, act: () => Promise<T>): Promise<T> {
    const hanging = this.#hanging.get(id) ?? 0;
    if (hanging >= MOST_HANGING) throw silent(name, "earlier questions are not answered yet");
    const answer = act();
    return withDeadline(answer, deadlineMs, () => {
      this.#remember(id, answer);
      throw silent(name, `no answer within ${deadlineMs / 1_000} s`);
    });
  }

  #remember(id: string, late: Promise<unknown>): void {
    const add = (by: number) => this.#hanging.set(id, (this.#hanging.get(id) ?? 0) + by);
    add(1);
    const over = () => add(-1);
    late.then(over, over);
  }
}

function silent(cluster: string, why: string): SnapdeckError {
  return new SnapdeckError("store-unavailable", `the store of ${cluster} is silent: ${why}; nothing was changed`, {
    hint: "Look at the store's disk or network; it is asked again as soon as it answers.",
  });
}

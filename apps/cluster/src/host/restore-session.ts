import type { HostFillOrder } from "@snapdeck/contract/host";
import { syncDirectory } from "./durable-file.ts";
import { FreshDirectories } from "./fresh-directories.ts";
import type { RankGroup } from "./rank-group.ts";
import { removeRestoreDirectories } from "./removal.ts";
import { syncTree } from "./sync-tree.ts";

/** What a restore has while it is open: its maintenance ranks and the fresh directories they work on. */
export class RestoreSession {
  readonly operationId: string;
  readonly group: RankGroup;
  readonly directories: FreshDirectories;
  /** The room that its ranks will take, in bytes, as far as whoever opened it said. */
  readonly neededBytes: number;
  readonly #clusterDir: string;
  readonly #givenUp = new AbortController();
  #filesSynced = 0;
  /** From the moment at which the swap may be on disk: there is no way back but an undo. */
  isDecided = false;
  /** What goes on in the background; never rejects. */
  work: Promise<void> = Promise.resolve();

  constructor(
    clusterDir: string,
    { operationId, neededBytes = 0 }: Pick<HostFillOrder, "operationId" | "neededBytes">,
    group: RankGroup,
  ) {
    this.operationId = operationId;
    this.neededBytes = neededBytes;
    this.group = group;
    this.directories = new FreshDirectories(group);
    this.#clusterDir = clusterDir;
  }

  /** How far sealing is: files and directories that are synced. */
  get filesSynced(): number {
    return this.#filesSynced;
  }

  get isGivenUp(): boolean {
    return this.#givenUp.signal.aborted;
  }

  giveUp(): void {
    this.#givenUp.abort();
  }

  /** Ends the maintenance ranks and makes what they wrote durable. Throws when either is not certain, or when given up. */
  async seal(): Promise<void> {
    if (!(await this.group.stop())) throw new Error("a maintenance rank did not close its engine cleanly");
    const reason = await this.group.notGoneBecause();
    if (reason !== undefined) throw new Error(reason);
    const onSynced = () => {
      this.#filesSynced += 1;
    };
    await Promise.all(this.directories.paths.map((directory) => syncTree(directory, this.#givenUp.signal, onSynced)));
    await syncDirectory(this.#clusterDir);
    this.#givenUp.signal.throwIfAborted();
  }

  /** Ends the maintenance ranks at once and removes what they wrote. */
  async remove(): Promise<void> {
    await this.group.stop(0);
    await removeRestoreDirectories(this.#clusterDir, this.operationId, this.directories.paths.length);
  }
}

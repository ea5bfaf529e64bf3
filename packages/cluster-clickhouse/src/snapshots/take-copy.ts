import type { RankProgress } from "@snapdeck/contract/job";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { BackupProgress } from "../backup-progress.ts";
import type { ClusterParts } from "../cluster-parts.ts";
import type { EngineOperation } from "../engine-operation.ts";
import { follow, type RankOperations } from "../follow.ts";
import { SeenPatches } from "../seen-patches.ts";
import { snapshotRoom } from "../store-room.ts";
import type { TablePart } from "../unapplied-changes.ts";
import { FOLDER_ROLES } from "./snapshot-paths.ts";
import type { FolderWork, TakeOrder } from "./take-attempt.ts";

/** A folder that its engine says is written. */
export type WrittenFolder = FolderWork & {
  readonly operation: EngineOperation;
  /** The patch parts that the rank had once its engine knew what to copy. */
  readonly patches: readonly TablePart[];
};

/**
 * Follows the BACKUP of every folder to its end. Answers undefined when `signal` aborted before; the operations then still run.
 * @throws {SnapdeckError} `engine-failed`, `disk-full`, `rank-lost`, `no-progress`; the others then still run
 */
export async function* followTake(
  parts: ClusterParts,
  order: Pick<TakeOrder, "store">,
  works: readonly FolderWork[],
  signal: AbortSignal,
): AsyncGenerator<WorkReport, WrittenFolder[] | undefined> {
  const room = snapshotRoom(parts, order.store.files).watch();
  const roles = FOLDER_ROLES.map(
    (role) =>
      new RoleCopy(
        parts,
        works.filter(({ plan }) => plan.role === role),
        signal,
      ),
  );
  let isCopying = false;
  for (;;) {
    for (const role of roles) await role.look();
    room.look();
    if (roles.some(({ wasStopped }) => wasStopped)) return undefined;
    if (!isCopying && roles.some((role) => role.isCopying)) {
      isCopying = true;
      yield { type: "phase", phase: "copying" };
    }
    if (isCopying) yield { type: "progress", ranks: summed(roles.flatMap((role) => role.progress)) };
    if (roles.every(({ isDone }) => isDone)) return (await Promise.all(roles.map((role) => role.written()))).flat();
  }
}

/** The folders of one role, of each rank one at most. */
class RoleCopy {
  readonly #works: readonly FolderWork[];
  readonly #following: AsyncGenerator<RankOperations, RankOperations | undefined>;
  readonly #progress: BackupProgress;
  readonly #patches: SeenPatches;
  #known: RankOperations = new Map();
  progress: RankProgress[] = [];
  isCopying = false;
  isDone = false;
  wasStopped = false;

  constructor({ settings }: ClusterParts, works: readonly FolderWork[], signal: AbortSignal) {
    this.#works = works;
    this.isDone = works.length === 0;
    this.#progress = new BackupProgress(new Map(works.map(({ plan, work }) => [work.rank, plan.plannedBytes])));
    this.#patches = new SeenPatches(works.map(({ work }) => work));
    this.#following = follow(
      works.map(({ work }) => work),
      settings.pollMs,
      signal,
    );
  }

  async look(): Promise<void> {
    if (this.isDone) return;
    const step = await this.#following.next();
    if (step.done && step.value === undefined) this.wasStopped = true;
    if (step.done) this.isDone = true;
    if (step.value === undefined) return;
    this.#known = step.value;
    await this.#patches.look(step.value);
    this.isCopying = BackupProgress.isCopying(this.#known);
    this.progress = this.#progress.after(this.#known);
  }

  written(): Promise<WrittenFolder[]> {
    const written = this.#works.map(async (each) => {
      const operation = this.#known.get(each.work.rank);
      if (operation === undefined) throw new Error(`rank ${each.work.rank} has no finished operation`);
      return { ...each, operation, patches: await this.#patches.of(each.work) };
    });
    return Promise.all(written);
  }
}

function summed(all: readonly RankProgress[]): RankProgress[] {
  const ranks = new Map<number, RankProgress>();
  for (const each of all) {
    const before = ranks.get(each.rank) ?? {
      rank: each.rank,
      bytesDone: 0,
      bytesTotal: 0,
      filesDone: 0,
      filesTotal: 0,
    };
    ranks.set(each.rank, {
      rank: each.rank,
      bytesDone: before.bytesDone + each.bytesDone,
      bytesTotal: before.bytesTotal + each.bytesTotal,
      filesDone: before.filesDone + each.filesDone,
      filesTotal: before.filesTotal + each.filesTotal,
    });
  }
  return [...ranks.values()].sort((one, other) => one.rank - other.rank);
}

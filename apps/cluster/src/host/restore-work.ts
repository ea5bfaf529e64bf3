import { failpoint } from "@snapdeck/failpoint/failpoint";
import type { Logger } from "pino";
import type { Admission } from "./admission.ts";
import { syncDirectory } from "./durable-file.ts";
import type { RankGroup } from "./rank-group.ts";
import { removePreviousDirectories, removeRestoreDirectories } from "./removal.ts";
import type { RestoreJournal, RestorePhase } from "./restore-journal.ts";
import type { RestoreSession } from "./restore-session.ts";
import { carrySwapThrough, decideSwap, readSwapMarker, removeSwapMarker, type SwapMarker } from "./swap.ts";

/** Phases that a restore may still be given up in. */
const OPEN: RestorePhase[] = ["preparing", "ready", "sealing"];

/** How long to wait before what could not be written down is tried again, in milliseconds: somebody has to make room first. */
const NOTE_AGAIN_MS = 1_000;

export type RestoreWorkParts = {
  clusterDir: string;
  journal: RestoreJournal;
  admission: Admission;
  /** The ranks of the cluster itself, which must be gone while their directories are exchanged. */
  live: RankGroup;
  log: Logger;
};

/**
 * The long part of each step of a restore, done after the request was answered. Nothing here rejects: how it ends stands in
 * the journal. Each step that exchanges directories runs alone, and leaves a marker that says what was decided.
 */
export class RestoreWork {
  readonly #parts: RestoreWorkParts;
  /** Restores whose swap is decided and was not got through, and why: asked again, it is carried on. */
  readonly #stuck = new Map<string, string>();
  /** Restores whose previous data is being removed. */
  readonly #removing = new Set<string>();

  constructor(parts: RestoreWorkParts) {
    this.#parts = parts;
  }

  /** Why a decided swap did not get through; undefined when it did, or still may. */
  stuckBecause(operationId: string): string | undefined {
    return this.#stuck.get(operationId);
  }

  isRemoving(operationId: string): boolean {
    return this.#removing.has(operationId);
  }

  async prepare(session: RestoreSession): Promise<void> {
    try {
      session.directories.make();
      await failpoint("restore.beforeRanks");
      const failures = await session.group.start();
      if (failures.length > 0) throw new Error(failures.join("; "));
      await failpoint("restore.beforeReady");
      await this.#parts.journal.note(session.operationId, ["preparing"], { phase: "ready" });
    } catch (error) {
      await this.fail(session, textOf(error));
    }
  }

  async seal(session: RestoreSession): Promise<void> {
    const { clusterDir, live, journal } = this.#parts;
    const { operationId } = session;
    try {
      await failpoint("seal.beforeStop");
      await session.seal();
      await failpoint("seal.afterSync");
      const reason = await live.notGoneBecause(0);
      if (reason !== undefined) throw new Error(reason);
      await journal.note(operationId, ["sealing"], { bytesOnDisk: await session.directories.bytesOnDisk() });
      if (session.isGivenUp) return;
      session.isDecided = true;
      await decideSwap(clusterDir, swapMarker(operationId, "in", journal.ranks));
    } catch (error) {
      if (!(await isSwapOnDisk(clusterDir))) {
        session.isDecided = false;
        return this.fail(session, textOf(error));
      }
    }
    await this.swapIn(operationId);
  }

  swapIn(operationId: string): Promise<void> {
    const { clusterDir, journal, admission, log } = this.#parts;
    this.#stuck.delete(operationId);
    return admission.run(async () => {
      try {
        const marker = swapMarker(operationId, "in", journal.ranks);
        await assertDecided(clusterDir, marker);
        const swapMs = await carrySwapThrough(clusterDir, marker);
        const letGo = await journal.noteSwapIn(operationId, swapMs);
        await failpoint("swap.afterRecord");
        await removeSwapMarker(clusterDir);
        await failpoint("swap.afterMarkerRemoved");
        for (const earlier of letGo) void this.removePrevious(earlier);
        log.info({ operationId, swapMs }, "the restored data is live");
      } catch (error) {
        await this.#noteStuck(operationId, ["sealing"], error);
      }
    });
  }

  swapBack(operationId: string): Promise<void> {
    const { clusterDir, journal, admission, log } = this.#parts;
    const marker = swapMarker(operationId, "back", journal.ranks);
    this.#stuck.delete(operationId);
    return admission.run(async () => {
      try {
        await assertDecided(clusterDir, marker);
        const swapMs = await carrySwapThrough(clusterDir, marker);
        await journal.note(operationId, ["undoing"], { phase: "undone", swapMs, detail: undefined });
        await failpoint("undo.afterRecord");
        await removeSwapMarker(clusterDir);
        await failpoint("undo.afterMarkerRemoved");
        log.info({ operationId, swapMs }, "the data from before the restore is live again");
      } catch (error) {
        if (await isSwapOnDisk(clusterDir)) return this.#noteStuck(operationId, ["undoing"], error);
        const detail = `the undo did not happen, the restored data is live: ${textOf(error)}`;
        log.error({ operationId, err: error }, "the undo failed");
        await this.#noteOrLog(operationId, ["undoing"], { phase: "swapped", detail });
        return;
      }
      void removeRestoreDirectories(clusterDir, operationId, journal.ranks).catch((error: unknown) => {
        log.warn({ operationId, err: error }, "the undone data is removed at the next start");
      });
    });
  }

  async removePrevious(operationId: string): Promise<void> {
    const { clusterDir, journal, log } = this.#parts;
    this.#removing.add(operationId);
    try {
      await removePreviousDirectories(clusterDir, operationId, journal.ranks);
      await journal.note(operationId, ["swapped"], { phase: "kept", keeping: false, detail: undefined });
    } catch (error) {
      log.error({ operationId, err: error }, "the previous data is not all removed");
      const detail = `the previous data is not all removed: ${textOf(error)}; ask again, or start the host manager anew`;
      await this.#noteOrLog(operationId, ["swapped"], { detail });
    } finally {
      this.#removing.delete(operationId);
    }
  }

  /** Ends a restore that went wrong, once; whoever gave it up before carries it to its end. */
  async fail(session: RestoreSession, reason: string): Promise<void> {
    if (session.isGivenUp || session.isDecided) return;
    session.giveUp();
    this.#parts.log.error({ operationId: session.operationId, reason }, "the restore failed");
    const detail = `${reason}; the live data was not touched`;
    await this.#noteOrLog(session.operationId, OPEN, { phase: "discarding", detail });
    await this.remove(session, Promise.resolve(), { phase: "failed", detail });
  }

  /** Removes the fresh directories, after what still works there (`before`) has ended. */
  async remove(
    session: RestoreSession,
    before: Promise<void>,
    end: { phase: "discarded" } | { phase: "failed"; detail: string },
  ): Promise<void> {
    try {
      await session.group.stop(0);
      await before;
      await failpoint("discard.beforeRemoval");
      await session.remove();
    } catch (error) {
      const { operationId } = session;
      this.#parts.log.warn({ operationId, err: error }, "what the restore left is removed at the next start");
    }
    // On a full disk the note before may be missing, and the removal has just made room for this one.
    await this.#noteOrLog(session.operationId, [...OPEN, "discarding"], { ...end, bytesOnDisk: undefined });
  }

  async #noteStuck(operationId: string, from: RestorePhase[], error: unknown): Promise<void> {
    this.#parts.log.error({ operationId, err: error }, "a swap was decided and is not through");
    const detail = `the swap is decided and not through: ${textOf(error)}; ask again, or start the host manager anew`;
    // In memory too: what keeps a swap from getting through may be a disk that is full.
    this.#stuck.set(operationId, detail);
    await this.#noteOrLog(operationId, from, { detail });
  }

  /** Without this note too, what was opened is being removed: the disk may be full of just that. */
  noteDiscarding(operationId: string): Promise<void> {
    return this.#noteOrLog(operationId, OPEN, { phase: "discarding" });
  }

  /** Tried again until it can be written; a restore that has gone on by then is left as it is. */
  async #noteOrLog(...note: Parameters<RestoreJournal["note"]>): Promise<void> {
    try {
      await this.#parts.journal.note(...note);
    } catch (error) {
      this.#parts.log.error({ operationId: note[0], err: error }, "the state of a restore could not be written down");
      setTimeout(() => void this.#noteOrLog(...note), NOTE_AGAIN_MS).unref();
    }
  }
}

function swapMarker(operationId: string, direction: SwapMarker["direction"], ranks: number): SwapMarker {
  return { version: 1, operationId, direction, ranks };
}

/** A marker that cannot be read counts: only a start that finds none may take the swap for not decided. */
async function isSwapOnDisk(clusterDir: string): Promise<boolean> {
  try {
    return (await readSwapMarker(clusterDir)) !== undefined;
  } catch {
    return true;
  }
}

/**
 * Makes sure, before anything is exchanged, that the next start would find the decision: one whose marker is gone is written down again.
 * Throws when the marker cannot be read, is another swap's, or cannot be made durable.
 */
async function assertDecided(clusterDir: string, marker: SwapMarker): Promise<void> {
  const found = await readSwapMarker(clusterDir);
  if (found === undefined) return decideSwap(clusterDir, marker);
  if (found.operationId !== marker.operationId || found.direction !== marker.direction) {
    throw new Error(`the marker on disk is that of another swap (${found.operationId}, ${found.direction})`);
  }
  // It may be there although making it last failed.
  await syncDirectory(clusterDir);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import type { HostFillOrder, HostRestore, HostStatus, RankEndpoints } from "@snapdeck/contract/host";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Logger } from "pino";
import type { Admission } from "./admission.ts";
import type { RestoreRecord } from "./cluster-facts.ts";
import type { ClusterFile } from "./cluster-file.ts";
import { assertMayRestore, assertNotFenced, assertSuspended, recognizeOrder } from "./host-state.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { RankGroup } from "./rank-group.ts";
import { RestoreJournal } from "./restore-journal.ts";
import { decideCommit, decideDiscard, decideKeep, decideUndo, type RestoreDecision } from "./restore-phase.ts";
import { RestoreSession } from "./restore-session.ts";
import { RestoreWork } from "./restore-work.ts";

export type RestoreParts = {
  clusterDir: string;
  file: ClusterFile;
  admission: Admission;
  lifecycle: Lifecycle;
  /** Makes the maintenance ranks of a restore, not started yet. */
  maintenanceRanks: (operationId: string, onLost: (rank: number, reason: string) => void) => RankGroup;
  log: Logger;
};

/** An order about a restore that is there. */
type Given = {
  operationId: string;
  fencingToken: number | undefined;
  /** Aborts when nobody waits for the order any more; refused then, unless its turn came before. */
  gone: AbortSignal | undefined;
};

/**
 * What may be asked about restores, as HostRestore describes it. Work happens on fresh directories; the live ones are touched
 * by a swap alone, after its marker is on disk, while no live rank has a process and nobody holds a live directory.
 */
export class Restores {
  readonly #parts: RestoreParts;
  readonly #journal: RestoreJournal;
  readonly #work: RestoreWork;
  #session: RestoreSession | undefined;

  constructor(parts: RestoreParts) {
    this.#parts = parts;
    this.#journal = new RestoreJournal(parts.file);
    this.#work = new RestoreWork({ ...parts, journal: this.#journal, live: parts.lifecycle.live });
  }

  open(order: HostFillOrder, gone?: AbortSignal): Promise<HostRestore> {
    const { operationId, fencingToken } = order;
    const { file, lifecycle, admission, clusterDir, maintenanceRanks } = this.#parts;
    return admission.run(async () => {
      if (recognizeOrder(file.facts, "restore", operationId) === "known") return this.get(operationId);
      assertNotFenced(file.facts, fencingToken);
      assertMayRestore(file.facts, lifecycle.isBusy);
      await this.#assertLiveGone();
      await this.#journal.open(operationId, fencingToken);
      const onLost = (rank: number, reason: string) => {
        void this.#work.fail(session, `maintenance rank ${rank} is lost: ${reason}`);
      };
      const session = new RestoreSession(clusterDir, order, maintenanceRanks(operationId, onLost));
      this.#session = session;
      session.work = this.#work.prepare(session);
      return this.get(operationId);
    }, gone);
  }

  /** Throws `job-not-found` when that restore was never opened. */
  async get(operationId: string): Promise<HostRestore> {
    const { keeping, bytesOnDisk, ...restore } = this.#journal.find(operationId);
    const detail = restore.detail ?? this.#work.stuckBecause(operationId);
    const session = this.#sessionOf(operationId);
    const sizes = bytesOnDisk ?? (await session?.directories.bytesOnDisk()) ?? [];
    const ranks = Array.from({ length: this.#journal.ranks }, (_, rank) => ({ rank, bytesOnDisk: sizes[rank] ?? 0 }));
    return {
      ...restore,
      ...(detail === undefined ? {} : { detail }),
      ranks,
      ...(restore.phase === "sealing" && session !== undefined ? { filesSynced: session.filesSynced } : {}),
      ...(keeping && restore.phase === "swapped" ? { phase: "keeping" } : {}),
    };
  }

  /** What the open one still needs of the free bytes; nothing once it is sealed. */
  async filling(): Promise<NonNullable<HostStatus["filling"]>> {
    const session = this.#session;
    if (session === undefined || session.neededBytes === 0) return [];
    const { operationId, directories, neededBytes } = session;
    if (!["preparing", "ready"].includes(this.#journal.find(operationId).phase)) return [];
    return [{ operationId, stillNeededBytes: await directories.stillNeededBytes(neededBytes) }];
  }

  /** Of its maintenance ranks. Throws `cluster-busy` before they serve and `job-finished` after. */
  endpoints(operationId: string): RankEndpoints {
    const { phase } = this.#journal.find(operationId);
    const session = this.#sessionOf(operationId);
    if (phase === "ready" && session !== undefined) return session.group.endpoints;
    if (phase === "preparing") {
      throw new SnapdeckError("cluster-busy", `the maintenance ranks of restore ${operationId} are still starting`);
    }
    throw new SnapdeckError("job-finished", `restore ${operationId} is ${phase}; it has no maintenance ranks any more`);
  }

  commit(operationId: string, fencingToken?: number, gone?: AbortSignal): Promise<HostRestore> {
    return this.#order({ operationId, fencingToken, gone }, async (record, session) => {
      if (decideCommit(record, this.#work.stuckBecause(operationId) !== undefined) === "answer") return "answer";
      await this.#assertLiveGone();
      if (record.phase === "sealing") {
        void this.#work.swapIn(operationId);
      } else if (session !== undefined) {
        await this.#journal.note(operationId, ["ready"], { phase: "sealing" });
        session.work = this.#work.seal(session);
      }
      return "start";
    });
  }

  discard(operationId: string, fencingToken?: number, gone?: AbortSignal): Promise<HostRestore> {
    return this.#order({ operationId, fencingToken, gone }, async (record, session) => {
      if (decideDiscard(record, session?.isDecided ?? true) === "answer" || session === undefined) return "answer";
      if (session.isGivenUp) return "answer";
      // Before anything is awaited: a seal that is under way must not decide its swap meanwhile.
      session.giveUp();
      await this.#work.noteDiscarding(operationId);
      session.work = this.#work.remove(session, session.work, { phase: "discarded" });
      return "start";
    });
  }

  undo(operationId: string, fencingToken?: number, gone?: AbortSignal): Promise<HostRestore> {
    const { file, lifecycle } = this.#parts;
    return this.#order({ operationId, fencingToken, gone }, async (record) => {
      if (decideUndo(record, this.#work.stuckBecause(operationId) !== undefined) === "answer") return "answer";
      if (record.phase === "swapped")
        assertSuspended(file.facts, lifecycle.isBusy, "taken back to the data from before");
      await this.#assertLiveGone();
      await this.#journal.note(operationId, ["swapped"], { phase: "undoing", detail: undefined });
      void this.#work.swapBack(operationId);
      return "start";
    });
  }

  keep(operationId: string, fencingToken?: number, gone?: AbortSignal): Promise<HostRestore> {
    return this.#order({ operationId, fencingToken, gone }, async (record) => {
      if (decideKeep(record, this.#work.isRemoving(operationId)) === "answer") return "answer";
      await this.#journal.note(operationId, ["swapped"], { keeping: true, detail: undefined });
      void this.#work.removePrevious(operationId);
      return "start";
    });
  }

  /** Ends maintenance ranks. A restore that was open is over: the next start says so and removes what it left. */
  async close(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    session.giveUp();
    await session.group.stop(0);
    await session.work;
  }

  #sessionOf(operationId: string): RestoreSession | undefined {
    return this.#session?.operationId === operationId ? this.#session : undefined;
  }

  #order(
    { operationId, fencingToken, gone }: Given,
    carryOut: (record: RestoreRecord, session: RestoreSession | undefined) => Promise<RestoreDecision>,
  ): Promise<HostRestore> {
    const { file, admission, log } = this.#parts;
    return admission.run(async () => {
      const record = this.#journal.find(operationId);
      if (fencingToken !== undefined) {
        assertNotFenced(file.facts, fencingToken);
        if (fencingToken > file.facts.fencingToken) await file.change((facts) => ({ ...facts, fencingToken }));
      }
      const decision = await carryOut(record, this.#sessionOf(operationId));
      log.info({ operationId, fencingToken, before: record.phase, decision }, "restore order");
      return this.get(operationId);
    }, gone);
  }

  /** Another look before live data may be exchanged: whatever the records say, no process and no lock may be there. */
  async #assertLiveGone(): Promise<void> {
    const reason = await this.#parts.lifecycle.live.notGoneBecause(0);
    if (reason === undefined) return;
    throw new SnapdeckError("cluster-not-suspended", `${reason}; the live data was not touched`, {
      hint: "Suspend the cluster, and see that nothing else uses its directory.",
    });
  }
}

import type { Manifest } from "@snapdeck/contract/manifest";
import type { ProofRecord } from "@snapdeck/contract/proof";
import type { BackupId, JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/** All user data: rows by table, tables by database. */
export type MemoryData = Map<string, Map<string, string[]>>;

export type Snapshot = {
  readonly data: MemoryData;
  manifest: { readonly manifest: Manifest; readonly sha256: string } | undefined;
};

/** What a restore put aside, and what became of it. */
type PutAside = { data: MemoryData; readonly swappedAt: string; fate: "kept aside" | "undone" | "let go" };

type Operation = { readonly jobId: JobId; stepsDone: number; state: "working" | "done" | "stopped" };

/** Where an operation can be held, so that a test may look at the middle of it. */
export type Gate =
  | "copying"
  | "reading"
  | "restoring"
  | "swapping"
  | "removing"
  | "draining"
  | "starting"
  | "generating";

/**
 * What outlives the process that drives a cluster: its data, its store and the operations it works on. Several `MemoryCluster`s
 * over one engine are several consoles of one cluster.
 */
export class MemoryEngine {
  data: MemoryData = new Map([["shop", new Map([["orders", ["row 1", "row 2", "row 3"]]])]]);
  state: "running" | "suspending" | "suspended" | "resuming" | "restoring" = "running";
  reachable = true;
  /** Room that is left in the store, in bytes. */
  freeBytes = 1_000_000_000;
  readonly snapshots = new Map<BackupId, Snapshot>();
  /** What later proofs of each backup found, oldest first. */
  readonly proofs = new Map<BackupId, ProofRecord[]>();
  readonly restoredBy = new Set<JobId>();
  /** By the job of the restore. */
  readonly putAside = new Map<JobId, PutAside>();
  #highestToken = -1;
  readonly #operations = new Map<JobId, Operation>();
  readonly #held = new Map<Gate, AbortController>();

  /** Operations stop at `gate` until it is released. */
  holdAt(gate: Gate): void {
    this.#held.set(gate, new AbortController());
  }

  release(gate: Gate): void {
    this.#held.get(gate)?.abort();
    this.#held.delete(gate);
  }

  /** Passes `gate`, or waits there until it is released or `signal` aborts. */
  async pass(gate: Gate, signal: AbortSignal): Promise<void> {
    const held = this.#held.get(gate);
    if (held === undefined || signal.aborted) return;
    const either = AbortSignal.any([held.signal, signal]);
    await new Promise((resolve) => either.addEventListener("abort", resolve, { once: true }));
  }

  /** Makes one row in the store other than it was written, as a disk does that decays. */
  damage(backupId: BackupId): void {
    const tables = [...(this.snapshots.get(backupId)?.data.values() ?? [])].flatMap((database) => [
      ...database.values(),
    ]);
    const rows = tables.find((table) => table.length > 0);
    if (rows === undefined) throw new Error(`backup ${backupId} holds no row that could be damaged`);
    rows[0] = `damaged ${rows[0]}`;
  }

  begin(jobId: JobId): Operation {
    const operation: Operation = { jobId, stepsDone: 0, state: "working" };
    this.#operations.set(jobId, operation);
    return operation;
  }

  operation(jobId: JobId): Operation | undefined {
    return this.#operations.get(jobId);
  }

  forget(jobId: JobId): void {
    this.#operations.delete(jobId);
  }

  /** @throws {SnapdeckError} `lock-lost` for a token lower than one seen before */
  fence(token: number): void {
    if (token < this.#highestToken)
      throw new SnapdeckError("lock-lost", "a newer holder of the cluster's lock was seen");
    this.#highestToken = token;
  }

  /** @throws {SnapdeckError} `cluster-unreachable` while the engine does not answer */
  mustAnswer(): void {
    if (!this.reachable) {
      throw new SnapdeckError("cluster-unreachable", "the cluster did not answer; nothing was changed", {
        hint: "Try again once it answers.",
      });
    }
  }
}

export function copyOf(data: MemoryData): MemoryData {
  return new Map(
    [...data].map(([database, tables]) => [database, new Map([...tables].map(([table, rows]) => [table, [...rows]]))]),
  );
}

/** Data as lines, table by table and row by row: equal data gives equal lines. */
export function linesOf(data: MemoryData): string[] {
  return [...data].flatMap(([database, tables]) =>
    [...tables].flatMap(([table, rows]) => rows.map((row) => JSON.stringify([database, table, row]))),
  );
}

export function rowCountOf(data: MemoryData): number {
  return [...data.values()].flatMap((tables) => [...tables.values()]).reduce((total, rows) => total + rows.length, 0);
}

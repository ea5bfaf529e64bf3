import { Manifest } from "@snapdeck/contract/manifest";
import type { BackupId, ClusterId, JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Clock } from "@snapdeck/core/clock";
import type {
  BackUpOrder,
  BackupEstimate,
  BackupOrder,
  ListedBackup,
  PreviousDataOrder,
  RestoreOrder,
  SystemBackups,
  VerifyOrder,
  Work,
  WorkReport,
} from "@snapdeck/core/ports/cluster";
import { checksumOf } from "./memory-checksum.ts";
import { copyOf, linesOf, type MemoryData, type MemoryEngine, rowCountOf, type Snapshot } from "./memory-engine.ts";
import { keepRestored, undoRestore } from "./memory-previous-data.ts";
import { byteFaults, recordProof, scan, tableFaults, verify } from "./memory-verification.ts";

const BYTES_PER_ROW = 100;
const STEPS = 4;

export class MemorySystemBackups implements SystemBackups {
  readonly #engine: MemoryEngine;
  readonly #clock: Clock;
  readonly #clusterId: ClusterId;

  constructor(engine: MemoryEngine, clock: Clock, clusterId: ClusterId) {
    this.#engine = engine;
    this.#clock = clock;
    this.#clusterId = clusterId;
  }

  async estimate(): Promise<BackupEstimate> {
    this.#engine.mustAnswer();
    return { sizeBytes: rowCountOf(this.#engine.data) * BYTES_PER_ROW, freeBytes: this.#engine.freeBytes };
  }

  async *backUp(order: BackUpOrder, signal: AbortSignal): Work {
    this.#engine.mustAnswer();
    const stored = this.#engine.snapshots.get(order.backupId);
    if (stored?.manifest !== undefined) return yield confirmedBackup(stored.manifest, stored.data);
    if (order.takeUp && (stored === undefined || this.#engine.operation(order.jobId) === undefined)) {
      return yield { type: "lost", detail: "the cluster knows of no such backup; nothing of it was listed" };
    }
    if (!order.takeUp && this.#engine.state !== "running") {
      throw new SnapdeckError("cluster-not-running", `the cluster is ${this.#engine.state}; no backup was begun`);
    }
    yield { type: "phase", phase: "preparing" };
    await order.checkFence();
    const snapshot = stored ?? { data: copyOf(this.#engine.data), manifest: undefined };
    this.#engine.snapshots.set(order.backupId, snapshot);
    const operation = this.#engine.operation(order.jobId) ?? this.#engine.begin(order.jobId);
    yield { type: "phase", phase: "copying" };
    const bytesTotal = rowCountOf(snapshot.data) * BYTES_PER_ROW;
    for (; operation.stepsDone < STEPS && !signal.aborted; operation.stepsDone += 1) {
      yield progress(operation.stepsDone, bytesTotal);
      await this.#engine.pass("copying", signal);
    }
    if (signal.aborted) {
      this.#engine.snapshots.delete(order.backupId);
      this.#engine.forget(order.jobId);
      return yield { type: "stopped" };
    }
    yield progress(STEPS, bytesTotal);
    yield { type: "phase", phase: "proving" };
    yield { type: "phase", phase: "listing" };
    await order.checkFence();
    const manifest = this.#manifestOf(order, snapshot.data);
    snapshot.manifest = { manifest, sha256: checksumOf([JSON.stringify(manifest)]) };
    yield confirmedBackup(snapshot.manifest, snapshot.data);
  }

  async discardBackup(backupId: BackupId): Promise<void> {
    this.#engine.mustAnswer();
    if (this.#engine.snapshots.get(backupId)?.manifest === undefined) this.#engine.snapshots.delete(backupId);
  }

  async list(): Promise<BackupId[]> {
    return [...this.#engine.snapshots]
      .filter(([, snapshot]) => snapshot.manifest !== undefined)
      .map(([id]) => id)
      .reverse();
  }

  async wasUsed(): Promise<boolean> {
    return true;
  }

  async read(backupId: BackupId): Promise<ListedBackup> {
    const stored = this.#engine.snapshots.get(backupId)?.manifest;
    if (stored === undefined) throw noBackup(backupId);
    const { manifest, sha256: manifestSha256 } = stored;
    return { manifest, manifestSha256, proofs: this.#engine.proofs.get(backupId) ?? [] };
  }

  async restoreSpace(backupId: BackupId): Promise<{ neededBytes: number; freeBytes: number }> {
    const { manifest } = await this.read(backupId);
    return {
      neededBytes: manifest.ranks.reduce((sum, rank) => sum + rank.sizeBytes, 0),
      freeBytes: this.#engine.freeBytes,
    };
  }

  async *restore(order: RestoreOrder, signal: AbortSignal): Work {
    this.#engine.mustAnswer();
    const stored = this.#engine.snapshots.get(order.backupId);
    if (stored?.manifest === undefined) throw noBackup(order.backupId);
    if (!this.#engine.restoredBy.has(order.jobId)) {
      const operation = this.#engine.operation(order.jobId);
      if (order.takeUp && operation === undefined) {
        return yield { type: "lost", detail: "the cluster knows of no such restore; its data is as it was" };
      }
      if (operation === undefined && this.#engine.state !== "suspended") {
        throw new SnapdeckError("cluster-not-suspended", `the cluster is ${this.#engine.state}; its data is as it was`);
      }
      yield { type: "phase", phase: "preparing" };
      await order.checkFence();
      this.#engine.fence(order.fencingToken);
      this.#engine.begin(order.jobId);
      this.#engine.state = "restoring";
      yield { type: "phase", phase: "restoring" };
      yield progress(1, rowCountOf(stored.data) * BYTES_PER_ROW);
      await this.#engine.pass("restoring", signal);
      if (signal.aborted) {
        await this.discardRestore(order.jobId);
        return yield { type: "stopped" };
      }
      yield { type: "phase", phase: "comparing" };
      await this.#compare(order, stored);
      yield { type: "phase", phase: "swapping" };
      await order.checkFence();
      this.#swapIn(order.jobId, stored);
    }
    const tables = [...stored.data.values()].reduce((sum, each) => sum + each.size, 0);
    const rows = rowCountOf(stored.data);
    yield { type: "confirmed", evidence: { kind: "restore", backupId: order.backupId, tables, rows, swapMs: 0 } };
  }

  async discardRestore(jobId: JobId): Promise<void> {
    this.#engine.mustAnswer();
    if (this.#engine.operation(jobId) !== undefined && this.#engine.state === "restoring")
      this.#engine.state = "suspended";
    this.#engine.forget(jobId);
  }

  undoRestore(order: PreviousDataOrder, signal: AbortSignal): Work {
    return undoRestore(this.#engine, order, signal);
  }

  keepRestored(order: PreviousDataOrder, signal: AbortSignal): Work {
    return keepRestored(this.#engine, order, signal);
  }

  verify(order: VerifyOrder, signal: AbortSignal): Work {
    return verify(this.#engine, this.#clock, order, () => this.read(order.backupId), signal);
  }

  async discardVerification(): Promise<void> {
    // A verification in memory leaves nothing.
  }

  async *remove(order: BackupOrder, signal: AbortSignal): Work {
    this.#engine.mustAnswer();
    const stored = this.#engine.snapshots.get(order.backupId);
    if (stored?.manifest === undefined && !order.takeUp) throw noBackup(order.backupId);
    yield { type: "phase", phase: "removing" };
    await order.checkFence();
    await this.#engine.pass("removing", signal);
    if (signal.aborted) return yield { type: "stopped" };
    this.#engine.snapshots.delete(order.backupId);
    this.#engine.proofs.delete(order.backupId);
    yield {
      type: "confirmed",
      evidence: { kind: "delete-backup", backupId: order.backupId, filesRemoved: stored === undefined ? 0 : 1 },
    };
  }

  async #compare(order: RestoreOrder, { data }: Snapshot): Promise<void> {
    const listed = await this.read(order.backupId);
    const inBytes = byteFaults(listed.manifest, data);
    if (inBytes.length > 0) {
      recordProof(this.#engine, this.#clock, order, listed, { level: "L2", faults: inBytes });
    }
    const isSuspect = inBytes.length > 0 && !order.acceptSuspect;
    const [fault] = isSuspect ? inBytes : tableFaults(listed, scan(data));
    if (fault === undefined) return;
    await this.discardRestore(order.jobId);
    const detail = `${fault.subject}: ${fault.detail}; nothing was swapped in, the data is as it was`;
    throw new SnapdeckError(isSuspect ? "backup-suspect" : "restore-differs", detail);
  }

  #swapIn(jobId: JobId, { data }: Snapshot): void {
    for (const earlier of this.#engine.putAside.values()) {
      if (earlier.fate === "kept aside") earlier.fate = "let go";
    }
    this.#engine.putAside.set(jobId, { data: this.#engine.data, swappedAt: this.#clock(), fate: "kept aside" });
    this.#engine.data = copyOf(data);
    this.#engine.restoredBy.add(jobId);
    this.#engine.state = "suspended";
  }

  #manifestOf(order: BackUpOrder, data: MemoryData): Manifest {
    const now = this.#clock();
    const tables = [...data].flatMap(([database, byName]) =>
      [...byName].map(([table, rows]) => ({ database, table, engine: "Memory", rows: rows.length })),
    );
    return Manifest.parse({
      format: "snapdeck-system-backup/1",
      backupId: order.backupId,
      clusterId: this.#clusterId,
      clusterName: "memory",
      engine: { name: "memory", version: "1" },
      jobId: order.jobId,
      requestedBy: order.requestedBy,
      takenAt: now,
      completedAt: now,
      tookMs: 0,
      ranks: [
        {
          rank: 0,
          folder: `a${order.attempt}/rank-0`,
          databases: [...data.keys()],
          tables,
          definitions: [],
          files: [
            {
              path: "rows",
              sizeBytes: rowCountOf(data) * BYTES_PER_ROW,
              engineChecksum: checksumOf(linesOf(data)),
            },
          ],
          sizeBytes: rowCountOf(data) * BYTES_PER_ROW,
        },
      ],
      proof: { level: "L1", provenAt: now, failedWrites: 0 },
    });
  }
}

function progress(stepsDone: number, bytesTotal: number): WorkReport {
  const bytesDone = Math.floor((bytesTotal * stepsDone) / STEPS);
  return { type: "progress", ranks: [{ rank: 0, bytesDone, bytesTotal, filesDone: stepsDone, filesTotal: STEPS }] };
}

function confirmedBackup({ manifest, sha256 }: { manifest: Manifest; sha256: string }, data: MemoryData): WorkReport {
  const sizeBytes = manifest.ranks.reduce((sum, rank) => sum + rank.sizeBytes, 0);
  const rows = rowCountOf(data);
  return {
    type: "confirmed",
    evidence: { kind: "backup", backupId: manifest.backupId, manifestSha256: sha256, sizeBytes, files: 1, rows },
  };
}

function noBackup(backupId: BackupId): SnapdeckError {
  return new SnapdeckError("backup-not-found", `there is no backup ${backupId}`);
}

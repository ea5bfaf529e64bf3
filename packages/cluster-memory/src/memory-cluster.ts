import type { ClusterTraits, Inventory, TableChecksum } from "@snapdeck/contract/cluster";
import { ClusterId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Clock } from "@snapdeck/core/clock";
import type {
  Cluster,
  ClusterData,
  ClusterObservation,
  Lifecycle,
  Work,
  WorkOrder,
} from "@snapdeck/core/ports/cluster";
import { checksumOf } from "./memory-checksum.ts";
import { type MemoryEngine, rowCountOf } from "./memory-engine.ts";
import { previousDataOf } from "./memory-previous-data.ts";
import { MemorySystemBackups } from "./memory-system-backups.ts";

const BYTES_PER_ROW = 100;

/** A cluster that lives in this process: the fake that keeps every promise of the port, for tests of what stands above it. */
export class MemoryCluster implements Cluster {
  readonly id = ClusterId.parse("memory");
  readonly name = "memory";
  readonly traits: ClusterTraits = {
    suspends: true,
    backsUpSuspended: false,
    reportsBytes: true,
    cancels: true,
    speaksBackupSql: false,
    takesDatabaseBackups: false,
    loadsExampleData: true,
  };
  readonly lifecycle: Lifecycle;
  readonly systemBackups: MemorySystemBackups;
  readonly data: ClusterData;

  constructor(engine: MemoryEngine, clock: Clock) {
    this.lifecycle = new MemoryLifecycle(engine, clock);
    this.systemBackups = new MemorySystemBackups(engine, clock, this.id);
    this.data = new MemoryClusterData(engine, clock);
  }
}

class MemoryLifecycle implements Lifecycle {
  readonly #engine: MemoryEngine;
  readonly #clock: Clock;

  constructor(engine: MemoryEngine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  async observe(): Promise<ClusterObservation> {
    const { state, reachable, freeBytes } = this.#engine;
    return {
      engine: { name: "memory", version: "1" },
      state: reachable ? state : "unreachable",
      observedAt: this.#clock(),
      ranks: [{ rank: 0, state: reachable ? (state === "running" ? "up" : "down") : "unknown", place: "this process" }],
      store: { name: "memory", freeBytes, totalBytes: 1_000_000_000 },
      ...previousDataOf(this.#engine),
    };
  }

  async *suspend(order: WorkOrder, signal: AbortSignal): Work {
    this.#engine.mustAnswer();
    const done = this.#engine.operation(order.jobId)?.state === "done";
    if (order.takeUp && !done && this.#engine.operation(order.jobId) === undefined) {
      return yield { type: "lost", detail: "the cluster knows of no such suspend; it is as it was" };
    }
    if (!done) {
      if (!order.takeUp && this.#engine.state !== "running") throw notRunning(this.#engine.state);
      await order.checkFence();
      this.#engine.fence(order.fencingToken);
      const operation = this.#engine.begin(order.jobId);
      this.#engine.state = "suspending";
      yield { type: "phase", phase: "draining" };
      await this.#engine.pass("draining", signal);
      if (signal.aborted) {
        this.#engine.state = "running";
        operation.state = "stopped";
        return yield { type: "stopped" };
      }
      yield { type: "phase", phase: "stopping" };
      this.#engine.state = "suspended";
      operation.state = "done";
    }
    yield { type: "confirmed", evidence: { kind: "suspend", ranksStopped: 1 } };
  }

  async *resume(order: WorkOrder, signal: AbortSignal): Work {
    this.#engine.mustAnswer();
    const known = this.#engine.operation(order.jobId);
    if (order.takeUp && known === undefined) {
      return yield { type: "lost", detail: "the cluster knows of no such resume; it is as it was" };
    }
    if (known?.state !== "done") {
      if (!order.takeUp && this.#engine.state !== "suspended") {
        throw new SnapdeckError("cluster-not-suspended", `the cluster is ${this.#engine.state}; nothing was changed`);
      }
      await order.checkFence();
      this.#engine.fence(order.fencingToken);
      const operation = this.#engine.begin(order.jobId);
      this.#engine.state = "resuming";
      yield { type: "phase", phase: "starting" };
      await this.#engine.pass("starting", signal);
      if (signal.aborted) {
        this.#engine.state = "suspended";
        operation.state = "stopped";
        return yield { type: "stopped" };
      }
      this.#engine.state = "running";
      operation.state = "done";
    }
    yield { type: "confirmed", evidence: { kind: "resume", ranksStarted: 1 } };
  }
}

class MemoryClusterData implements ClusterData {
  readonly #engine: MemoryEngine;
  readonly #clock: Clock;

  constructor(engine: MemoryEngine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  async inventory(): Promise<Inventory> {
    this.#mustRun();
    const databases = [...this.#engine.data].map(([name, tables]) => {
      const listed = [...tables].map(([table, rows]) => ({
        name: table,
        engine: "Memory",
        rows: rows.length,
        sizeBytes: rows.length * BYTES_PER_ROW,
      }));
      const rows = listed.reduce((total, table) => total + table.rows, 0);
      return { name, tables: listed, rows, sizeBytes: rows * BYTES_PER_ROW };
    });
    const rows = rowCountOf(this.#engine.data);
    return { observedAt: this.#clock(), live: true, databases, rows, sizeBytes: rows * BYTES_PER_ROW };
  }

  async checksum(database: string, table: string): Promise<TableChecksum> {
    this.#mustRun();
    const rows = this.#engine.data.get(database)?.get(table);
    if (rows === undefined) throw new SnapdeckError("table-not-found", `there is no table ${table} in ${database}`);
    return {
      database,
      table,
      rows: rows.length,
      checksum: checksumOf([...rows].sort()),
      tookMs: 0,
      observedAt: this.#clock(),
    };
  }

  async *loadExample(order: WorkOrder, signal: AbortSignal): Work {
    this.#mustRun();
    if (order.takeUp) return yield* this.#takeUpExample(order);
    if (rowCountOf(this.#engine.data) > 0) {
      throw new SnapdeckError("cluster-not-empty", "the cluster holds rows already; nothing was loaded");
    }
    await order.checkFence();
    const operation = this.#engine.begin(order.jobId);
    yield { type: "phase", phase: "generating" };
    await this.#engine.pass("generating", signal);
    if (signal.aborted) {
      operation.state = "stopped";
      return yield { type: "stopped" };
    }
    this.#engine.data.set("shop", new Map([["orders", Array.from({ length: 100 }, (_, index) => `example ${index}`)]]));
    operation.state = "done";
    yield { type: "confirmed", evidence: { kind: "load-example-data", tables: 1, rows: 100 } };
  }

  async discardExample(): Promise<void> {
    this.#engine.mustAnswer();
  }

  async *#takeUpExample(order: WorkOrder): Work {
    if (this.#engine.operation(order.jobId)?.state === "done") {
      yield {
        type: "confirmed",
        evidence: { kind: "load-example-data", tables: 1, rows: rowCountOf(this.#engine.data) },
      };
    } else {
      yield { type: "lost", detail: "the example data was not loaded in full" };
    }
  }

  #mustRun(): void {
    this.#engine.mustAnswer();
    if (this.#engine.state !== "running") throw notRunning(this.#engine.state);
  }
}

function notRunning(state: string): SnapdeckError {
  return new SnapdeckError("cluster-not-running", `the cluster is ${state}; nothing was changed`, {
    hint: "Resume the cluster first.",
  });
}

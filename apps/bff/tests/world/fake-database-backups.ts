import { DatabaseBackupInfo } from "@snapdeck/contract/database-backup";
import type { DatabaseBackupDeed } from "@snapdeck/contract/job";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Work, WorkOrder, WorkReport } from "@snapdeck/core/ports/cluster";
import type { DatabaseBackupStore, ListedDatabaseBackup } from "@snapdeck/core/ports/database-backup-store";
import type { DatabaseBackups, LeftInRanks, LeftInStore } from "@snapdeck/core/ports/database-backups";

const T0 = "2026-11-22T09:00:00.000Z";
const STAMP = { sha256: "a".repeat(64), sizeBytes: 10 };

/** A valid info; name only what the test is about. */
export function anInfo(name: string, snapshotIds: readonly number[] = [1000], jobId?: string): DatabaseBackupInfo {
  return DatabaseBackupInfo.parse({
    format: "snapdeck-database-backup/1",
    name,
    revision: 1,
    ddl: `CREATE BACKUP ${name} DATA SINK = s OBJECTS (TABLE = shop.orders)`,
    createdAt: T0,
    createdBy: "ada",
    objects: [{ type: "TABLE", schema: "shop", name: "orders" }],
    options: { checksum: false, ddlOnly: false },
    definitions: { now: STAMP },
    snapshots: snapshotIds.map((id, index) => ({
      id,
      kind: index === 0 ? "full" : "incremental",
      ...(index === 0 ? {} : { baseId: snapshotIds[index - 1] }),
      startedAt: T0,
      durationMs: 12,
      clusterId: "memory",
      hostName: "here",
      hostAddress: "127.0.0.1",
      engine: { name: "memory", version: "1" },
      requestedBy: "ada",
      jobId: jobId ?? "2f1b3c52-7b1c-4a52-9b0e-1f3f4d5a6b7c",
      ddlOnly: false,
      comment: index === 0 ? "the first" : undefined,
      kept: { files: 3, sizeBytes: 100 },
      rows: 7,
      proof: { level: "L1", provenAt: T0 },
      content: STAMP,
      folders: [],
    })),
    removed: [],
  });
}

/** A store whose infos are what the test says. */
export class FakeBackupStore {
  readonly listed = new Map<string, ListedDatabaseBackup>();
  /** Folders of backups whose info is gone. */
  readonly leftovers = new Set<string>();
  /** Whether its disk is not mounted: then it looks empty. */
  isAway = false;
  /** How many are open now. */
  opened = 0;
  /** How often it was listed. */
  lists = 0;

  /** @param isSigned false for one of another console */
  add(name: string, snapshotIds?: readonly number[], isSigned = true): void {
    const info = anInfo(name, snapshotIds);
    this.listed.set(name, { name: info.name, info, standing: STAMP, isSigned });
  }

  /** One whose info cannot be read. */
  addBroken(name: string): void {
    const problem = new SnapdeckError("backup-unusable", `the info of ${name} is no info`);
    this.listed.set(name, { name: anInfo(name).name, problem });
  }

  get store(): DatabaseBackupStore {
    this.opened += 1;
    const reads = {
      engine: { kind: "directory", root: "/backups" },
      files: {
        name: "/backups",
        folders: async () => (this.isAway ? [] : ["some", ...this.leftovers, ...this.listed.keys()]),
      },
      close: () => {
        this.opened -= 1;
      },
      list: async () => {
        this.lists += 1;
        if (this.isAway) return [];
        return [...this.listed.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
      },
      read: async (name: string) => {
        if (this.isAway) return undefined;
        const found = this.listed.get(name);
        if (found?.problem !== undefined) throw found.problem;
        return found;
      },
    };
    // The server itself asks nothing else of a store.
    return reads as unknown as DatabaseBackupStore;
  }
}

type Asked = { readonly deed: DatabaseBackupDeed; readonly request: Record<string, unknown> & WorkOrder };

/** Works that end as the test says; what they were asked stands in `asked`. */
export class FakeDatabaseBackups {
  readonly asked: Asked[] = [];
  readonly planned: Asked["request"][] = [];
  readonly discarded: (LeftInStore | LeftInRanks)[] = [];
  /** How the next works end, in order; without one each is confirmed. */
  readonly ends: (() => Promise<WorkReport>)[] = [];
  /** Throws why a restore cannot be. */
  onRestore: () => void = () => undefined;
  /** Called before each end. */
  onWork: (asked: Asked) => void = () => undefined;

  get backups(): DatabaseBackups {
    const plan = async (request: object) => {
      this.planned.push(request as Asked["request"]);
      return [{ action: "write" as const, subject: "snapshot 1", rows: 5 }];
    };
    const work = (deed: DatabaseBackupDeed) => (request: object, signal: AbortSignal) =>
      this.#work({ deed, request: request as Asked["request"] }, signal);
    return {
      supportedObjects: async () => ({ types: ["ALL", "TABLE", "FUNCTION"], reasons: new Map() }),
      take: work("take"),
      alter: work("alter"),
      restore: work("restore"),
      drop: work("drop"),
      verify: work("verify"),
      planTake: plan,
      planAlter: plan,
      planRestore: plan,
      planDrop: plan,
      mustBeRestorable: async () => this.onRestore(),
      discard: async (left) => {
        this.discarded.push(left);
      },
    };
  }

  async *#work(asked: Asked, signal: AbortSignal): Work {
    this.asked.push(asked);
    this.onWork(asked);
    yield { type: "phase", phase: asked.deed === "drop" ? "removing" : "preparing" };
    const end = this.ends.shift();
    const stopped = new Promise<WorkReport>((resolve) => {
      signal.addEventListener("abort", () => resolve({ type: "stopped" }));
      if (signal.aborted) resolve({ type: "stopped" });
    });
    yield end === undefined ? confirmed(asked.deed) : await Promise.race([end(), stopped]);
  }
}

function confirmed(deed: DatabaseBackupDeed): WorkReport {
  const counts = { removed: 0, objects: 1, rows: 7, files: 3, sizeBytes: 100 };
  return { type: "confirmed", evidence: { kind: "database-backup", deed, backups: ["b"], ...counts } };
}

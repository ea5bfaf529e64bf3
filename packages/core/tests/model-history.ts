import { createHash, randomUUID } from "node:crypto";
import type { DatabaseBackupInfo, RemovalReason, SnapshotInfo, SnapshotKind } from "@snapdeck/contract/database-backup";
import { DatabaseBackupName } from "@snapdeck/contract/database-backup";
import { ClusterId, JobId } from "@snapdeck/contract/scalars";
import type { EngineFolder, SnapshotId } from "@snapdeck/contract/snapshot-file";
import { type EngineTools, engineBackup, type Files, readMetadata } from "../src/checks/engine-model.ts";
import { toLeaveDifferential, toMeetCap, toPurge } from "../src/snapshots/choose-removals.ts";
import { baseFor } from "../src/snapshots/lineage.ts";
import { type BackupHead, type NewSnapshot, planAddition, planCreation } from "../src/snapshots/plan-addition.ts";
import { planDrop } from "../src/snapshots/plan-drop.ts";
import { planMerge } from "../src/snapshots/plan-merge.ts";
import { planRemoval, planTidying, unfinishedRemoval } from "../src/snapshots/plan-removal.ts";
import type { PlanStep } from "../src/snapshots/plan-steps.ts";
import { knownFiles, snapshotContent } from "../src/snapshots/snapshot-content.ts";
import { nextSnapshotId } from "../src/snapshots/snapshot-id.ts";
import { carryOut, foldersOf, infoOf, stamper, stampOf, viewOfStore } from "./model-store.ts";

export type Ask =
  | { readonly type: "take"; readonly kind: SnapshotKind; readonly withoutBase: boolean }
  | { readonly type: "purge"; readonly which: number }
  | { readonly type: "cap"; readonly cap: number }
  | { readonly type: "intermediates" }
  | { readonly type: "merge" }
  | { readonly type: "drop" };

const TOOLS: EngineTools = {
  checksum: (text) => createHash("md5").update(text).digest("hex"),
  newUuid: randomUUID,
};
const AT = "2026-11-22T14:00:00.000Z";
const FACTS = {
  startedAt: AT,
  durationMs: 5,
  clusterId: ClusterId.parse("local"),
  hostName: "here",
  hostAddress: "127.0.0.1",
  requestedBy: "ana",
  jobId: JobId.parse("6a1f0f0c-7d1c-4d0a-9a64-0d7c1f3c2b1e"),
  proof: { level: "L1", provenAt: AT },
} as const;
const HEAD: BackupHead = {
  name: DatabaseBackupName.parse("backup"),
  ddl: "CREATE BACKUP backup DATA SINK = s OBJECTS (ALL = a)",
  createdAt: AT,
  createdBy: "ana",
  objects: [{ type: "ALL", name: "a" }],
  options: { checksum: false, ddlOnly: false },
};

/** A backup on a store, what runs on it, and what each snapshot was when it was taken. */
export class ModelHistory {
  readonly store: Files = new Map();
  /** By engine folder. A folder without files is not backed up. */
  readonly live = new Map<EngineFolder, Files>([
    ["rank-0/tom-0", new Map()],
    ["rank-1/tom-0/parts", new Map()],
  ]);
  readonly held = new Map<number, Map<string, Files>>();

  /** The steps of what was asked for; none when it would be refused. */
  async plan(ask: Ask): Promise<PlanStep[]> {
    const info = infoOf(this.store);
    if (ask.type === "take") return this.#take(info, ask.kind, ask.withoutBase);
    if (ask.type === "drop") return planDrop(info, foldersOf(this.store));
    if (info === undefined) return [];
    switch (ask.type) {
      case "purge": {
        const snapshot = info.snapshots[ask.which % info.snapshots.length];
        return snapshot === undefined || snapshot.kind === "full"
          ? []
          : this.#remove(toPurge(info, snapshot.id), "purge");
      }
      case "cap":
        return this.#remove(toMeetCap(info.snapshots, ask.cap), "cap");
      case "intermediates": {
        const last = info.snapshots.findLast(({ kind }) => kind === "differential");
        return last === undefined ? [] : this.#remove(toLeaveDifferential(info.snapshots, last.id), "intermediate");
      }
      case "merge": {
        const newest = info.snapshots.at(-1);
        if (info.snapshots.length < 2 || newest === undefined) return [];
        const id = this.#nextId(info);
        this.held.set(id, this.held.get(newest.id) ?? new Map());
        return planMerge(
          viewOfStore(this.store),
          { id, facts: FACTS, definitions: [], newUuid: randomUUID, at: AT },
          stamper,
        );
      }
    }
  }

  /** What somebody who finds the store after a crash does, until nothing is left to do. */
  recovery(): PlanStep[] {
    const info = infoOf(this.store);
    if (info === undefined) return this.store.size === 0 ? [] : planDrop(undefined, foldersOf(this.store));
    const unfinished = unfinishedRemoval(info);
    if (unfinished === undefined) return planTidying(viewOfStore(this.store));
    return this.#remove(unfinished.ids, unfinished.because);
  }

  run(step: PlanStep): void {
    carryOut(this.store, step);
  }

  #remove(ids: readonly SnapshotId[], because: RemovalReason): PlanStep[] {
    return planRemoval(viewOfStore(this.store), { ids, because, at: AT, stampOfText: stampOf });
  }

  #nextId(info: DatabaseBackupInfo | undefined): SnapshotId {
    const used = [...(info?.snapshots ?? []), ...(info?.removed ?? [])].map(({ id }) => Number(id));
    return nextSnapshotId(1_654_321_012_345, [...used, ...foldersOf(this.store).map(Number)]);
  }

  async #take(info: DatabaseBackupInfo | undefined, kind: SnapshotKind, withoutBase: boolean): Promise<PlanStep[]> {
    if (info === undefined && kind !== "full") return [];
    const id = this.#nextId(info);
    const base = info === undefined || kind === "full" ? undefined : baseFor(kind, info.snapshots);
    const snapshot = this.#written(id, kind, base, withoutBase);
    const listed = (kind === "full" ? [] : (info?.snapshots ?? [])).map((each) => each.id);
    const definitions = [...listed, id].map((snapshotId) => ({ snapshotId, definitions: [] }));
    if (info === undefined) return planCreation(HEAD, snapshot, definitions, stamper);
    const instead = kind === "full" ? ({ head: HEAD, because: "recreate", at: AT } as const) : undefined;
    return planAddition(viewOfStore(this.store), snapshot, definitions, stamper, instead);
  }

  /** Lets the engine write, as it does before any plan. */
  #written(id: SnapshotId, kind: SnapshotKind, base: SnapshotInfo | undefined, withoutBase: boolean): NewSnapshot {
    const live = [...this.live].filter(([, files]) => files.size > 0);
    this.held.set(id, new Map(live.map(([folder, files]) => [folder, new Map(files)])));
    const files = live.flatMap(([folder, contents], at) => {
      const inBase = base?.folders.some(({ path }) => path === folder) && !(withoutBase && at === 0);
      engineBackup(this.store, `${id}/${folder}`, contents, inBase ? `${base?.id}/${folder}` : undefined, TOOLS);
      const known = base === undefined ? [] : (viewOfStore(this.store).snapshots.get(base.id)?.files ?? []);
      return snapshotContent(id, folder, readMetadata(this.store, `${id}/${folder}`), knownFiles(known, folder));
    });
    const folders = live.map(([path]) => ({
      path,
      metadata: { now: stampOf(this.store.get(`${id}/${path}/.backup`) ?? "") },
    }));
    const info = {
      ...FACTS,
      id,
      kind,
      ...(base === undefined ? {} : { baseId: base.id }),
      engine: { name: "ClickHouse", version: "26.7" },
      ddlOnly: false,
      kept: { files: 0, sizeBytes: 0 },
      rows: 0,
      folders,
    };
    return { info, files };
  }
}

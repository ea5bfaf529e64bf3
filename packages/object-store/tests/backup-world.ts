import { createHash, randomUUID } from "node:crypto";
import { DatabaseBackupName, type SnapshotKind } from "@snapdeck/contract/database-backup";
import { ClusterId, JobId } from "@snapdeck/contract/scalars";
import type { EngineFolder } from "@snapdeck/contract/snapshot-file";
import {
  engineBackup,
  engineRestore,
  type Files,
  parsePrinted,
  readMetadata,
} from "@snapdeck/core/checks/engine-model";
import type { ReadInfo } from "@snapdeck/core/ports/database-backup-store";
import { ownBytes, ownPath } from "@snapdeck/core/snapshots/engine-metadata";
import { baseFor, chainOf } from "@snapdeck/core/snapshots/lineage";
import { keptBy } from "@snapdeck/core/snapshots/locate-part";
import { type BackupHead, planAddition, planCreation } from "@snapdeck/core/snapshots/plan-addition";
import { planDrop } from "@snapdeck/core/snapshots/plan-drop";
import { planMerge } from "@snapdeck/core/snapshots/plan-merge";
import { planRemoval, planTidying, unfinishedRemoval } from "@snapdeck/core/snapshots/plan-removal";
import type { PlanStep } from "@snapdeck/core/snapshots/plan-steps";
import { knownFiles, snapshotContent } from "@snapdeck/core/snapshots/snapshot-content";
import { nextSnapshotId } from "@snapdeck/core/snapshots/snapshot-id";
import { lmdbStamper } from "../src/database-backup/backup-files.ts";
import { type ComposingStore, carryOut } from "../src/database-backup/carry-out.ts";
import { readInfo, type Sealer } from "../src/database-backup/info-file.ts";
import { type MetadataReader, readBackupView, readDefinitions } from "../src/database-backup/read-backup.ts";
import { type BackupPlace, openDirectoryPlace } from "./backup-place.ts";

export const NAME = DatabaseBackupName.parse("orders_bk");
const FOLDER: EngineFolder = "rank-0/tom-0";
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
export const HEAD: BackupHead = {
  name: NAME,
  ddl: "CREATE BACKUP orders_bk DATA SINK = ops.sink OBJECTS (ALL = a)",
  createdAt: AT,
  createdBy: "ana",
  objects: [{ type: "ALL", name: "a" }],
  options: { checksum: false, ddlOnly: false },
};

/** Signs with a key of its own. */
export function sealerOf(key: string): Sealer {
  const mark = (text: string) => createHash("sha256").update(`${key} ${text}`).digest("hex");
  return {
    seal: (text) => `${mark(text)} ${text}`,
    unseal: (sealed) => {
      const text = sealed.slice(65);
      if (sealed.slice(0, 64) !== mark(text)) throw new Error("sealed with another key");
      return text;
    },
  };
}

export const sealer = sealerOf("ours");
export const reader: MetadataReader = {
  maxBytes: 1_000_000,
  parse: (contents) => parsePrinted(Buffer.from(contents).toString("latin1")),
};

/** A backup on a store, what runs on it, and what each snapshot was when it was taken. */
export class BackupWorld {
  readonly live: Files = new Map();
  readonly held = new Map<number, Files>();
  readonly #place: BackupPlace;

  private constructor(place: BackupPlace) {
    this.#place = place;
  }

  /** In a directory unless another place is given. */
  static async open(place?: BackupPlace): Promise<BackupWorld> {
    return new BackupWorld(place ?? (await openDirectoryPlace()));
  }

  get store(): ComposingStore {
    return this.#place.store;
  }

  /** The directory, or the bucket's URL. */
  get root(): string {
    return this.#place.root;
  }

  async copy(): Promise<BackupWorld> {
    const copy = await BackupWorld.open(await this.#place.copy());
    for (const [id, files] of this.held) copy.held.set(id, files);
    for (const [path, text] of this.live) copy.live.set(path, text);
    return copy;
  }

  close(): Promise<void> {
    return this.#place.close();
  }

  async info(): Promise<ReadInfo["info"] | undefined> {
    return (await readInfo(this.store, sealer, NAME))?.info;
  }

  /** Lets the engine write, and plans to publish it. */
  async take(kind: SnapshotKind): Promise<PlanStep[]> {
    const read = await readInfo(this.store, sealer, NAME);
    const view = read && (await this.view());
    const folders = await this.store.folders(NAME);
    const id = nextSnapshotId(1_654_321_012_345, [
      ...(read?.info.removed.map((each) => each.id) ?? []),
      ...folders.map(Number),
    ]);
    const base = view === undefined || kind === "full" ? undefined : baseFor(kind, view.info.snapshots);
    const files = await this.files();
    const before = new Set(files.keys());
    engineBackup(files, `${id}/${FOLDER}`, this.live, base && `${base.id}/${FOLDER}`, {
      checksum: (text) => createHash("md5").update(text).digest("hex"),
      newUuid: randomUUID,
    });
    for (const [path, text] of files) if (!before.has(path)) await this.plant(path, text);
    this.held.set(id, new Map(this.live));
    const known = knownFiles((base && view?.snapshots.get(base.id)?.files) ?? [], FOLDER);
    const content = snapshotContent(id, FOLDER, readMetadata(files, `${id}/${FOLDER}`), known);
    const now = lmdbStamper.text(files.get(`${id}/${FOLDER}/.backup`) ?? "");
    const snapshot = {
      info: {
        ...FACTS,
        id,
        kind,
        ...(base === undefined ? {} : { baseId: base.id }),
        engine: { name: "ClickHouse", version: "26.7" },
        ddlOnly: false,
        kept: { files: 0, sizeBytes: 0 },
        rows: 0,
        folders: [{ path: FOLDER, metadata: { now } }],
      },
      files: content,
    };
    const listed = view?.info.snapshots ?? [];
    const definitions = [...listed.map((each) => each.id), id].map((snapshotId) => ({
      snapshotId,
      definitions: [
        {
          ref: { type: "TABLE", schema: "a", name: `t${snapshotId}` },
          ddl: { kind: "plain", text: "CREATE" },
        } as const,
      ],
    }));
    if (view === undefined) return planCreation(HEAD, snapshot, definitions, lmdbStamper);
    const instead = kind === "full" ? ({ head: HEAD, because: "recreate", at: AT } as const) : undefined;
    return planAddition(view, snapshot, definitions, lmdbStamper, instead);
  }

  async merge(): Promise<PlanStep[]> {
    const view = await this.view();
    const id = nextSnapshotId(1_654_321_012_345, view.folders.map(Number));
    this.held.set(id, this.held.get(view.info.snapshots.at(-1)?.id ?? 0) ?? new Map());
    const { bySnapshot } = await readDefinitions(this.store, view.info);
    const definitions = view.info.snapshots.map((each) => ({
      snapshotId: each.id,
      definitions: bySnapshot.get(each.id) ?? [],
    }));
    return planMerge(view, { id, facts: FACTS, definitions, newUuid: randomUUID, at: AT }, lmdbStamper);
  }

  async purge(at: number): Promise<PlanStep[]> {
    const view = await this.view();
    const ids = [view.info.snapshots[at]?.id].filter((id) => id !== undefined);
    return planRemoval(view, { ids, because: "purge", at: AT, stampOfText: lmdbStamper.text });
  }

  async drop(): Promise<PlanStep[]> {
    return planDrop(await this.info(), await this.store.folders(NAME));
  }

  /** What somebody who finds the store after a crash does; empty when nothing is left to do. */
  async recovery(): Promise<PlanStep[]> {
    const info = await this.info();
    if (info === undefined) return (await this.files()).size === 0 ? [] : this.drop();
    const view = await this.view();
    const unfinished = unfinishedRemoval(info);
    if (unfinished === undefined) return planTidying(view);
    return planRemoval(view, { ...unfinished, at: AT, stampOfText: lmdbStamper.text });
  }

  async run(steps: readonly PlanStep[], store: ComposingStore = this.store): Promise<void> {
    const standing = (await readInfo(this.store, sealer, NAME))?.standing;
    await carryOut({ store, sealer, name: NAME, prove: async () => undefined }, steps, standing);
  }

  async view() {
    const info = await this.info();
    if (info === undefined) throw new Error("there is no backup");
    return readBackupView(
      this.store,
      info,
      info.snapshots.map(({ id }) => id),
      reader,
    );
  }

  /** The listed snapshots whose objects nobody can tell. */
  async withoutObjects(): Promise<number[]> {
    const info = await this.info();
    if (info === undefined) return [];
    const { bySnapshot } = await readDefinitions(this.store, info);
    return info.snapshots.map(({ id }) => Number(id)).filter((id) => bySnapshot.get(id)?.length !== 1);
  }

  /** What the engine would restore of each listed snapshot, by its id. */
  async restored(): Promise<Map<number, Files>> {
    const files = await this.files();
    const info = await this.info();
    return new Map(info?.snapshots.map(({ id }) => [Number(id), engineRestore(files, `${id}/${FOLDER}`)]));
  }

  /** Files in the backup's folder that nothing listed needs. */
  async unowned(): Promise<string[]> {
    const paths = [...(await this.files()).keys()];
    const info = await this.info();
    if (info === undefined) return paths;
    const view = await this.view();
    const owned = new Set(["ki_backup_info.json", `${NAME}.mdb`]);
    for (const { id } of info.snapshots) {
      const snapshot = view.snapshots.get(id);
      for (const path of keptBy(chainOf(info.snapshots, id), snapshot?.files ?? []).keys()) owned.add(path);
      owned.add(`${id}/${id}.mdb`).add(`${id}/${FOLDER}/.backup`);
      for (const file of snapshot?.folders.get(FOLDER)?.metadata.files ?? []) {
        if (ownBytes(file) > 0) owned.add(`${id}/${FOLDER}/${ownPath(file)}`);
      }
    }
    return paths.filter((path) => !owned.has(path));
  }

  /** Every file of the backup's folder, relative to it. */
  files(): Promise<Files> {
    return this.#place.files(NAME);
  }

  /** Writes a file past the store. */
  plant(path: string, text: string): Promise<void> {
    return this.#place.plant(`${NAME}/${path}`, text);
  }

  /** Leaves what a writer leaves that dies before it is done: contents without their name. */
  leaveHalf(path: string): Promise<void> {
    return this.#place.leaveHalf(path);
  }
}

import { describe, expect, test } from "vitest";
import { DatabaseBackupInfo, DatabaseBackupName } from "./database-backup.ts";
import { EngineFolder, SnapshotFile, SnapshotId } from "./snapshot-file.ts";

const AT = "2026-11-22T14:00:00.000Z";
const SUM = { sha256: "0".repeat(64), sizeBytes: 1 };
const snapshot = (id: number, kind: string, more: object = {}) => ({
  id,
  kind,
  startedAt: AT,
  durationMs: 1,
  clusterId: "local",
  hostName: "here",
  hostAddress: "127.0.0.1",
  engine: { name: "ClickHouse", version: "26.7" },
  requestedBy: "ana",
  jobId: "6a1f0f0c-7d1c-4d0a-9a64-0d7c1f3c2b1e",
  ddlOnly: false,
  kept: { files: 1, sizeBytes: 1 },
  rows: 1,
  proof: { level: "L1", provenAt: AT },
  content: SUM,
  folders: [{ path: "rank-0/tom-0", metadata: { now: SUM } }],
  ...more,
});
const info = (snapshots: object[], more: object = {}) => ({
  format: "snapdeck-database-backup/1",
  name: "orders_bk",
  revision: 3,
  ddl: "CREATE BACKUP orders_bk ...",
  createdAt: AT,
  createdBy: "ana",
  objects: [
    { type: "ALL", name: "shop" },
    { type: "DATA SINK", schema: "ops", name: "s3_sink" },
  ],
  options: { checksum: true, ddlOnly: false, maxIncrementalBackupsToKeep: 7 },
  definitions: { now: SUM },
  snapshots,
  removed: [],
  ...more,
});
const faultsOf = (snapshots: object[], more: object = {}) =>
  DatabaseBackupInfo.safeParse(info(snapshots, more)).error?.issues.map(({ message }) => message) ?? [];

describe("The name of a database backup", () => {
  test.each(["a", "orders_bk", "2026-11-22", "_x", "A".repeat(200)])("may be %j", (name) => {
    expect(DatabaseBackupName.parse(name)).toBe(name);
  });

  test.each([
    "",
    ".",
    "..",
    ".hidden",
    "-rf",
    "a/b",
    "a\\b",
    "a b",
    "a.b",
    "a'b",
    'a"b',
    "a\0",
    "ä",
    "a\n",
    "A".repeat(201),
  ])("is not %j", (name) => {
    expect(DatabaseBackupName.safeParse(name).success).toBe(false);
  });
});

describe("The info of a database backup", () => {
  const full = snapshot(100, "full");
  const chain = [full, snapshot(200, "incremental", { baseId: 100 }), snapshot(300, "differential", { baseId: 100 })];

  test("lists snapshots in the order in which they were taken, each on its base", () => {
    expect(faultsOf(chain)).toEqual([]);
    expect(DatabaseBackupInfo.parse(info(chain)).snapshots.map(({ id }) => id)).toEqual([100, 200, 300]);
  });

  test.each<[string, object[], object, RegExp]>([
    ["an order that is another one", [full, snapshot(90, "incremental", { baseId: 100 })], {}, /90 stands after 100/],
    ["one twice", [full, snapshot(100, "full")], {}, /100 stands after 100/],
    ["a base that is not listed", [full, snapshot(200, "incremental", { baseId: 150 })], {}, /builds on 150/],
    ["a full one with a base", [full, snapshot(200, "full", { baseId: 100 })], {}, /says otherwise/],
    ["an incremental one without", [full, snapshot(200, "incremental")], {}, /says otherwise/],
    [
      "one that was removed",
      chain,
      { removed: [{ id: 200, removedAt: AT, because: "purge" }] },
      /200 is listed and removed/,
    ],
    [
      "bytes of one that is listed",
      [full, snapshot(200, "incremental", { baseId: 100, absorbed: [100] })],
      {},
      /listed and removed/,
    ],
    ["bytes of a newer one", [full, snapshot(200, "incremental", { baseId: 100, absorbed: [250] })], {}, /not older/],
    [
      "one that is being removed",
      chain,
      { work: { step: "removing", ids: [200], because: "cap" } },
      /listed and removed/,
    ],
    ["no folded one", chain, { work: { step: "folding", ids: [201], because: "cap" } }, /201 is being folded/],
    [
      "a folder twice",
      [snapshot(100, "full", { folders: [...full.folders, ...full.folders] })],
      {},
      /names a folder twice/,
    ],
  ])("is refused with %s", (_, snapshots, more, fault) => {
    expect(faultsOf(snapshots, more).join("; ")).toMatch(fault);
  });

  test("is refused without a snapshot, without an object, and in another format", () => {
    expect(faultsOf([])).not.toEqual([]);
    expect(faultsOf(chain, { objects: [] })).not.toEqual([]);
    expect(faultsOf(chain, { format: "snapdeck-database-backup/2" })).not.toEqual([]);
  });
});

describe("A file of a snapshot", () => {
  const file = {
    folder: "rank-0/tom-0/parts",
    name: "data/a/log/x.bin",
    sizeBytes: 7,
    checksum: "0".repeat(32),
    parts: [
      { snapshotId: 100, name: "data/a/log/x.bin", sizeBytes: 5 },
      { snapshotId: 200, name: "data/a/log/x.bin", sizeBytes: 2 },
    ],
  };

  test("has the bytes of its parts, no more and no less", () => {
    expect(SnapshotFile.safeParse(file).success).toBe(true);
    expect(SnapshotFile.safeParse({ ...file, sizeBytes: 8 }).success).toBe(false);
  });

  test("stands inside its snapshot's folder", () => {
    expect(SnapshotFile.safeParse({ ...file, name: "../x" }).success).toBe(false);
    expect(
      SnapshotFile.safeParse({ ...file, parts: [{ snapshotId: 1, name: "/etc/passwd", sizeBytes: 7 }] }).success,
    ).toBe(false);
    for (const folder of ["rank-0", "rank-0/tom-0/../x", "rank-01/tom-0", "rank-0/tom-0/a/b", "rank--1/tom-0"]) {
      expect(EngineFolder.safeParse(folder).success, folder).toBe(false);
    }
    for (const id of [0, -1, 1.5, 2 ** 53]) expect(SnapshotId.safeParse(id).success, String(id)).toBe(false);
  });
});

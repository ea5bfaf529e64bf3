import { DatabaseBackupInfo, type SnapshotKind } from "@snapdeck/contract/database-backup";
import { SnapshotId } from "@snapdeck/contract/snapshot-file";
import { describe, expect, test } from "vitest";
import { toLeaveDifferential, toMeetCap, toMerge, toPurge } from "./choose-removals.ts";
import { baseFor, chainOf, dependantsOf } from "./lineage.ts";
import { nextSnapshotId } from "./snapshot-id.ts";

const AT = "2026-11-22T14:00:00.000Z";
const SUM = { sha256: "0".repeat(64), sizeBytes: 1 };

/** Snapshots 1, 2, ... of those kinds, each on the base that its kind has. */
function backupOf(...kinds: SnapshotKind[]): DatabaseBackupInfo {
  const snapshots: object[] = [];
  const linked: { id: SnapshotId; kind: SnapshotKind }[] = [];
  for (const [at, kind] of kinds.entries()) {
    const base = baseFor(kind, linked);
    const id = SnapshotId.parse(at + 1);
    linked.push({ id, kind });
    snapshots.push({
      id,
      kind,
      ...(base === undefined ? {} : { baseId: base.id }),
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
    });
  }
  return DatabaseBackupInfo.parse({
    format: "snapdeck-database-backup/1",
    name: "orders",
    revision: 1,
    ddl: "CREATE BACKUP orders ...",
    createdAt: AT,
    createdBy: "ana",
    objects: [{ type: "ALL", name: "shop" }],
    options: { checksum: false, ddlOnly: false },
    definitions: { now: SUM },
    snapshots,
    removed: [{ id: 900, removedAt: AT, because: "cap" }],
  });
}

const FULL = "full";
const INC = "incremental";
const DIFF = "differential";

describe("A snapshot builds", () => {
  const { snapshots } = backupOf(FULL, INC, DIFF, INC);

  test("on the newest of any kind when it is incremental, on the newest full when it is differential, on none when it is full", () => {
    expect(baseFor(INC, snapshots)?.id).toBe(4);
    expect(baseFor(DIFF, snapshots)?.id).toBe(1);
    expect(baseFor(FULL, snapshots)).toBeUndefined();
    expect(snapshots.map(({ baseId }) => baseId)).toEqual([undefined, 1, 1, 3]);
  });

  test("on nothing that is not there", () => {
    for (const kind of [INC, DIFF] as const) {
      expect(() => baseFor(kind, [])).toThrow(expect.objectContaining({ code: "snapshot-not-found" }));
    }
  });

  test("on a chain that ends at the full one, and carries what builds on it", () => {
    expect(chainOf(snapshots, 4).map(({ id }) => id)).toEqual([4, 3, 1]);
    expect(dependantsOf(snapshots, SnapshotId.parse(1)).map(({ id }) => id)).toEqual([2, 3, 4]);
    expect(dependantsOf(snapshots, SnapshotId.parse(2))).toEqual([]);
    expect(() => chainOf(snapshots, 7)).toThrow(expect.objectContaining({ code: "snapshot-not-found" }));
  });
});

describe("PURGE", () => {
  const backup = backupOf(FULL, INC, INC);

  test("takes an incremental or differential snapshot, also one that others build on", () => {
    expect(toPurge(backup, 2)).toEqual([2]);
  });

  test("takes no full one, none that is not there, and says of one that was removed when and why", () => {
    expect(() => toPurge(backup, 1)).toThrow(expect.objectContaining({ code: "full-not-purged" }));
    expect(() => toPurge(backup, 5)).toThrow(/no snapshot 5/);
    expect(() => toPurge(backup, 900)).toThrow(/removed at .+ \(cap\)/);
  });
});

describe("MAX_INCREMENTAL_BACKUPS_TO_KEEP", () => {
  const { snapshots } = backupOf(FULL, INC, DIFF, INC, INC);

  test("removes the oldest incrementals above it, and neither the full nor differentials", () => {
    expect(toMeetCap(snapshots, 3)).toEqual([]);
    expect(toMeetCap(snapshots, 2)).toEqual([2]);
    expect(toMeetCap(snapshots, 1)).toEqual([2, 4]);
    expect(toMeetCap(snapshots, undefined)).toEqual([]);
  });

  test("of 0 keeps the newest, which somebody has just asked for", () => {
    expect(toMeetCap(snapshots, 0)).toEqual([2, 4]);
  });
});

test("DELETE_INTERMEDIATE_BACKUPS leaves the full and the new differential", () => {
  const { snapshots } = backupOf(FULL, INC, DIFF, INC, DIFF);
  expect(toLeaveDifferential(snapshots, SnapshotId.parse(5))).toEqual([2, 3, 4]);
});

test("MERGE takes all, and refuses a single full one", () => {
  expect(toMerge(backupOf(FULL, INC).snapshots)).toEqual([1, 2]);
  expect(() => toMerge(backupOf(FULL).snapshots)).toThrow(expect.objectContaining({ code: "nothing-to-merge" }));
});

describe("The id of a snapshot", () => {
  test("is the millisecond at which it starts", () => {
    expect(nextSnapshotId(1_654_321_012_345.6, [])).toBe(1_654_321_012_345);
  });

  test("grows whatever the clock does, and is never one that was used", () => {
    expect(nextSnapshotId(100, [100, 250, 7])).toBe(251);
  });
});

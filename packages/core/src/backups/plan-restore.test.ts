import type { Inventory } from "@snapdeck/contract/cluster";
import { Manifest } from "@snapdeck/contract/manifest";
import { PlanId } from "@snapdeck/contract/scalars";
import { describe, expect, test } from "vitest";
import { backupOfManifest } from "./backup-of-manifest.ts";
import { planRestore, type RestoreFacts } from "./plan-restore.ts";

const T0 = "2026-11-22T14:00:00.000Z";

function listedBackup(tables: { table: string; rows?: number }[], ranks = 1) {
  const manifest = Manifest.parse({
    format: "snapdeck-system-backup/1",
    backupId: "b-1",
    clusterId: "local",
    clusterName: "local",
    engine: { name: "ClickHouse", version: "26.7.2.1" },
    jobId: "6f1c0a52-6c1c-4b53-9a3e-0d1b7c7a0b11",
    requestedBy: "ana",
    takenAt: T0,
    completedAt: T0,
    tookMs: 1_000,
    ranks: Array.from({ length: ranks }, (_, rank) => ({
      rank,
      folder: `a1/rank-${rank}`,
      databases: ["shop"],
      tables: tables.map((table) => ({ database: "shop", engine: "MergeTree", ...table })),
      definitions: [],
      files: [{ path: "data/1.bin", sizeBytes: 500 }],
      sizeBytes: 500,
    })),
    proof: { level: "L1", provenAt: T0, failedWrites: 0 },
  });
  return { manifest, proofs: [], manifestSha256: "a".repeat(64) };
}

function inventoryOf(tables: { name: string; rows: number }[]): Inventory {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const listed = tables.map((table) => ({ engine: "MergeTree", sizeBytes: 10, ...table }));
  return {
    observedAt: T0,
    live: false,
    rows,
    sizeBytes: 10,
    databases: [{ name: "shop", rows, sizeBytes: 10, tables: listed }],
  };
}

function plan(changes: Partial<RestoreFacts> = {}) {
  const listed = changes.listed ?? listedBackup([{ table: "orders", rows: 100 }]);
  return planRestore({
    id: PlanId.parse("6f1c0a52-6c1c-4b53-9a3e-0d1b7c7a0b12"),
    backup: backupOfManifest(listed),
    listed,
    clusterName: "local",
    ranks: 1,
    inventory: inventoryOf([{ name: "orders", rows: 120 }]),
    undoableSince: undefined,
    space: { neededBytes: 500, freeBytes: 1_000 },
    history: [],
    madeAt: T0,
    expiresAt: T0,
    ...changes,
  });
}

describe("a restore plan", () => {
  test("says for each table what it holds now and what it held then", () => {
    expect(plan().tables).toEqual([
      { database: "shop", table: "orders", effect: "replaced", rowsNow: 120, rowsThen: 100 },
    ]);
  });

  test("says that a restore before it can then no longer be undone", () => {
    expect(plan({ undoableSince: "2026-11-22T14:02:31.000Z" }).warnings).toContain(
      "The restore of 2026-11-22 14:02 UTC can then no longer be undone: the data from before it gives way to what the cluster holds now.",
    );
    expect(plan().warnings.join()).not.toContain("undone");
  });

  test("names tables that will be gone and tables that come back", () => {
    const { tables, warnings } = plan({ inventory: inventoryOf([{ name: "made_later", rows: 7 }]) });
    expect(tables).toEqual([
      { database: "shop", table: "made_later", effect: "removed", rowsNow: 7 },
      { database: "shop", table: "orders", effect: "brought-back", rowsThen: 100 },
    ]);
    expect(warnings).toContain("1 table made since the backup will be gone.");
  });

  test("sums the rows of a table over its ranks", () => {
    const listed = listedBackup([{ table: "orders", rows: 100 }], 3);
    expect(plan({ listed, ranks: 3 }).tables[0]).toMatchObject({ rowsThen: 300 });
    expect(backupOfManifest(listed)).toMatchObject({ rows: 300, tables: 1, ranks: 3, sizeBytes: 1_500 });
  });

  test("does not pretend to know the rows of a table that one rank could not count", () => {
    const listed = listedBackup([{ table: "orders" }]);
    expect(plan({ listed }).tables[0]).not.toHaveProperty("rowsThen");
  });

  test("warns of a missing inventory, of too little space and of another number of ranks", () => {
    const { warnings, space } = plan({ inventory: undefined, ranks: 3, space: { neededBytes: 500, freeBytes: 400 } });
    expect(space.enough).toBe(false);
    expect(warnings).toHaveLength(3);
  });

  test("says first that a later proof failed, with its level and the first few files", () => {
    const faults = [{ subject: "rank-0/data/1.bin", fault: "bytes" as const, detail: "its bytes are other ones" }];
    const suspect = { level: "L2" as const, foundAt: T0, faults, faultsTotal: 4 };
    const backup = { ...backupOfManifest(listedBackup([{ table: "orders", rows: 100 }])), suspect };
    expect(plan({ backup }).warnings[0]).toMatch(
      /^A later proof of the backup failed: L2 found 4 faults, such as rank-0/,
    );
    expect(plan().warnings.join()).not.toContain("proof");
  });

  test("expects no time before the first restore, then the median speed of the earlier ones", () => {
    expect(plan()).not.toHaveProperty("expectedMs");
    const history = [
      { sizeBytes: 1_000, tookMs: 1_000 },
      { sizeBytes: 1_000, tookMs: 2_000 },
      { sizeBytes: 1_000, tookMs: 60_000 },
    ];
    expect(plan({ history }).expectedMs).toBe(1_000);
  });
});

import { Backup, RestorePlan, Suspect, type TableEffect } from "@snapdeck/contract/backup";
import { ACTIONS, Cluster } from "@snapdeck/contract/cluster";

/** A valid listed backup for tests; name only what the test is about. */
export function aBackup(overrides: Partial<(typeof Backup)["_zod"]["input"]> = {}): Backup {
  const listed = { level: "L1", provenAt: "2026-11-22T13:52:03.000Z" };
  return Backup.parse({
    id: "20261122-135200-ab12",
    clusterId: "production",
    takenAt: "2026-11-22T13:52:00.000Z",
    completedAt: "2026-11-22T13:52:03.100Z",
    tookMs: 3_100,
    sizeBytes: 2_200_000_000,
    files: 412,
    databases: 2,
    tables: 12,
    rows: 82_400_000,
    ranks: 3,
    engineVersion: "26.7.1",
    requestedBy: "ana",
    manifestSha256: "a".repeat(64),
    proof: listed,
    proofs: [listed],
    ...overrides,
  });
}

/** What a proof found: one file with other bytes, by default. */
export function aSuspect(overrides: Partial<(typeof Suspect)["_zod"]["input"]> = {}): Suspect {
  return Suspect.parse({
    level: "L2",
    foundAt: "2026-11-22T14:00:00.000Z",
    faults: [{ subject: "data/rank-0/shop/orders/all_1_1_0/data.bin", fault: "bytes", detail: "other bytes" }],
    faultsTotal: 1,
    ...overrides,
  });
}

/** A valid running cluster for tests, with everything allowed. */
export function aCluster(overrides: Partial<(typeof Cluster)["_zod"]["input"]> = {}): Cluster {
  return Cluster.parse({
    id: "production",
    name: "production",
    engine: { name: "ClickHouse", version: "26.7.1" },
    state: "running",
    observedAt: "2026-11-22T14:05:00.000Z",
    ranks: [{ rank: 0, state: "up", place: "127.0.0.1 pid 4711" }],
    traits: {
      suspends: true,
      backsUpSuspended: false,
      reportsBytes: true,
      cancels: true,
      speaksBackupSql: true,
      takesDatabaseBackups: true,
      loadsExampleData: true,
    },
    backups: { count: 0 },
    jobsUnderWay: 0,
    jobsFailed: 0,
    actions: Object.fromEntries(ACTIONS.map((action) => [action, { allowed: true }])),
    ...overrides,
  });
}

/** A valid plan for tests that replaces the given tables. */
export function aPlan(
  tables: readonly (typeof TableEffect)["_zod"]["input"][],
  overrides: Partial<(typeof RestorePlan)["_zod"]["input"]> = {},
): RestorePlan {
  return RestorePlan.parse({
    id: "0191a3c0-0000-4000-8000-0000000000aa",
    backup: aBackup(),
    clusterName: "production",
    madeAt: "2026-11-22T14:05:00.000Z",
    expiresAt: "2026-11-22T14:15:00.000Z",
    tables,
    rowsThen: 100,
    space: { neededBytes: 1_000, freeBytes: 5_000, enough: true },
    warnings: [],
    ...overrides,
  });
}

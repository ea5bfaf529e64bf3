import { ACTIONS, Cluster, Inventory } from "@snapdeck/contract/cluster";
import { describe, expect, test } from "vitest";
import { clusterVerdict } from "./cluster-verdict.ts";

const NOW = "2026-11-22T13:00:00.000Z";
const nowMs = Date.parse(NOW);
const NEWEST = { id: "b1", takenAt: "2026-11-22T12:48:00.000Z", provenAt: "2026-11-22T10:00:00.000Z" };

function aCluster(change: Record<string, unknown> = {}): Cluster {
  return Cluster.parse({
    id: "production",
    name: "production",
    engine: { name: "ClickHouse", version: "26.7" },
    state: "running",
    observedAt: "2026-11-22T12:59:00.000Z",
    ranks: [0, 1].map((rank) => ({ rank, state: "up", place: "here" })),
    traits: {
      suspends: true,
      backsUpSuspended: false,
      reportsBytes: true,
      cancels: true,
      speaksBackupSql: false,
      takesDatabaseBackups: true,
      loadsExampleData: true,
    },
    backups: { count: 1, newest: NEWEST },
    jobsUnderWay: 0,
    jobsFailed: 0,
    actions: Object.fromEntries(ACTIONS.map((action) => [action, { allowed: true }])),
    ...change,
  });
}

function anInventory(rows: number): Inventory {
  const tables = rows === 0 ? [] : [{ name: "orders", engine: "MergeTree", rows, sizeBytes: 1000 }];
  const databases = [{ name: "shop", tables, rows, sizeBytes: 1000 }];
  return Inventory.parse({ observedAt: NOW, live: true, databases, rows, sizeBytes: 1000 });
}

describe("The cluster's sentence", () => {
  test("says what runs, what it holds and how old its newest backup is", () => {
    expect(clusterVerdict(aCluster(), anInventory(2_100_000), nowMs)).toBe(
      "production is running with 2 ranks: 2.1 M rows in 1 table. Newest backup 12 minutes ago, proven 3 hours ago.",
    );
  });

  test("does not call a backup proven that a later proof found suspect", () => {
    const backups = { count: 1, newest: { ...NEWEST, suspect: true } };
    expect(clusterVerdict(aCluster({ backups }), undefined, nowMs)).toMatch(
      /Newest backup 12 minutes ago, suspect: a later proof of it failed\.$/,
    );
  });

  test("says that there is nothing yet: no tables, no backup", () => {
    expect(clusterVerdict(aCluster({ backups: { count: 0 } }), anInventory(0), nowMs)).toBe(
      "production is running with 2 ranks and holds no tables yet. It has no backup.",
    );
  });

  test("names the rank that is not up before anything else", () => {
    const ranks = [
      { rank: 0, state: "up", place: "here" },
      { rank: 1, state: "lost", place: "here" },
    ];
    expect(clusterVerdict(aCluster({ ranks }), undefined, nowMs)).toMatch(
      /^production is running, but rank 1 is lost\./,
    );
  });

  test("says that what is shown is old when the cluster does not answer", () => {
    expect(clusterVerdict(aCluster({ state: "unreachable" }), undefined, nowMs)).toBe(
      "production does not answer; it was last heard of 1 minute ago. What is shown is from then.",
    );
  });
});

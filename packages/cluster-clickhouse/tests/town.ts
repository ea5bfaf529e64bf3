import type { BackupId } from "@snapdeck/contract/scalars";
import { standingOf } from "@snapdeck/core/backups/proof-standing";
import type { VerifyOrder } from "@snapdeck/core/ports/cluster";
import { expect } from "vitest";
import { z } from "zod";
import type { ClickHouseCluster } from "../src/clickhouse-cluster.ts";
import { aBackupOrder, anOrder, confirmedBy, type EmbeddedHost, NEVER } from "./embedded-host.ts";

/** Tables of each kind that a backup and its proofs meet. */
export const TOWN = [
  "CREATE DATABASE town",
  "CREATE FUNCTION doubled AS (x) -> x * 2",
  "CREATE NAMED COLLECTION partner AS url = 'http://partner.example', password = 'canary-4711'",
  "CREATE TABLE town.noise (id UInt64, noise String, twice UInt64 MATERIALIZED doubled(id)) ENGINE = MergeTree ORDER BY id",
  "INSERT INTO town.noise SELECT number, randomString(100) FROM numbers(300000)",
  // Computed for every row, and other than before each time it is read.
  "ALTER TABLE town.noise ADD COLUMN readAt DateTime64(6) DEFAULT now64(6)",
  "CREATE TABLE town.words (id UInt64, word Nullable(String)) ENGINE = MergeTree PARTITION BY id % 4 ORDER BY id",
  "INSERT INTO town.words SELECT number, if(number % 3 = 0, NULL, toString(number)) FROM numbers(10000)",
  "CREATE TABLE town.log (id UInt64, word LowCardinality(String)) ENGINE = Log",
  "INSERT INTO town.log SELECT number, 'w' FROM numbers(1000)",
  "CREATE MATERIALIZED VIEW town.totals ENGINE = SummingMergeTree ORDER BY id AS SELECT id % 10 AS id, 1 AS n FROM town.words",
  "INSERT INTO town.words SELECT number, 'late' FROM numbers(1000)",
  "CREATE TABLE town.masked (id UInt64) ENGINE = MergeTree ORDER BY id",
  "INSERT INTO town.masked SELECT number FROM numbers(1000)",
  "DELETE FROM town.masked WHERE id < 100",
  "CREATE DICTIONARY town.names (id UInt64, word String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'words' DB 'town')) LAYOUT(FLAT()) LIFETIME(MIN 1 MAX 10)",
  "CREATE VIEW town.doubles AS SELECT doubled(id) AS twice FROM town.words",
];

export async function backUp({ systemBackups }: ClickHouseCluster): Promise<BackupId> {
  const order = aBackupOrder();
  await confirmedBy(systemBackups.backUp(order, NEVER));
  return order.backupId;
}

export function verifyOrder(backupId: BackupId, changes: Partial<VerifyOrder> = {}): VerifyOrder {
  return { ...anOrder(), backupId, level: "L3", ...changes };
}

export async function standing({ systemBackups }: ClickHouseCluster, backupId: BackupId) {
  const { manifest, proofs } = await systemBackups.read(backupId);
  return { ...standingOf(manifest.proof, proofs), records: proofs };
}

/** That nothing of a trial is left, and that the live rank answers. */
export async function expectNothingLeft(host: EmbeddedHost): Promise<void> {
  expect(host.rankDirectories()).toEqual(["rank-0"]);
  const [answer] = await host.ask(z.object({ rows: z.coerce.number() }), "SELECT count() AS rows FROM town.noise");
  expect(answer?.rows).toBe(300_000);
}

import { randomUUID } from "node:crypto";
import { BackupId, JobId } from "@snapdeck/contract/scalars";
import { orderOf } from "@snapdeck/core/checks/cluster-check";
import { CLUSTER_CHECKS } from "@snapdeck/core/checks/cluster-checks";
import { afterAll, beforeAll, beforeEach, describe, test } from "vitest";
import type { ClickHouseCluster } from "../src/clickhouse-cluster.ts";
import { confirmedBy, EmbeddedHost, NEVER } from "./embedded-host.ts";

let host: EmbeddedHost;
let cluster: ClickHouseCluster;

beforeAll(async () => {
  host = await EmbeddedHost.start();
  cluster = await host.cluster();
  await host.run(
    "CREATE DATABASE town",
    "CREATE TABLE town.people (id UInt64, name Nullable(String)) ENGINE = MergeTree ORDER BY id",
    "INSERT INTO town.people SELECT number, if(number % 3 = 0, NULL, toString(number)) FROM numbers(100000)",
    "CREATE TABLE town.visits (id UInt64, at DateTime) ENGINE = Log",
    "INSERT INTO town.visits SELECT number, number FROM numbers(1000)",
  );
});
afterAll(() => host[Symbol.asyncDispose]());

beforeEach(async () => {
  const { state } = await host.host.status();
  if (state === "running") return;
  await confirmedBy(cluster.lifecycle.resume(orderOf(JobId.parse(randomUUID())), NEVER));
});

async function contents(): Promise<string> {
  const { databases } = await cluster.data.inventory();
  const tables = databases.flatMap(({ name, tables }) =>
    tables.map((table) => ({ database: name, table: table.name })),
  );
  const all = await Promise.all(tables.map(({ database, table }) => cluster.data.checksum(database, table, NEVER)));
  return all.map(({ database, table, rows, checksum }) => `${database}.${table} ${rows} ${checksum}`).join("\n");
}

describe("ClickHouse behind its host manager", () => {
  test.each(CLUSTER_CHECKS)("$invariant: $promise", async (check) => {
    await check.run({
      cluster,
      writeRows: () =>
        host.run(`INSERT INTO town.people VALUES (${Date.now()}, 'new')`, "INSERT INTO town.visits VALUES (1, now())"),
      contents,
      damage: (backupId) => host.damage(backupId, "people"),
      newJobId: () => JobId.parse(randomUUID()),
      newBackupId: () => BackupId.parse(randomUUID()),
    });
  });
});

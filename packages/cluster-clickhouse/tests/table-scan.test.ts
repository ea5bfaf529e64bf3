import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { HostClient } from "../src/host-client.ts";
import type { RankClient } from "../src/rank-client.ts";
import { RankClients } from "../src/rank-clients.ts";
import { readRows, scanTable } from "../src/table-scan.ts";
import { EmbeddedHost } from "./embedded-host.ts";
import { flip } from "./proof-world.ts";

const COLUMNS = {
  n: "UInt64",
  day: "Date DEFAULT toDate('2026-01-01') + n % 100",
  word: "LowCardinality(String) DEFAULT toString(n % 7)",
  text: "String DEFAULT repeat('x', n % 50)",
  gap: "Nullable(Float64) DEFAULT if(n % 3 = 0, NULL, n / 3)",
  list: "Array(UInt32) DEFAULT range(n % 5)",
  pairs: "Map(String, UInt8) DEFAULT map('a', 1, 'b', n % 4)",
  both: "Tuple(a UInt8, b String) DEFAULT (n % 9, toString(n))",
  sparse: "UInt64 DEFAULT if(n % 1000 = 0, n, 0)",
  kind: "Enum8('a' = 1, 'b' = 2) DEFAULT if(n % 2 = 0, 'a', 'b')",
  loose: "Variant(String, UInt64) DEFAULT if(n % 2 = 0, n::Variant(String, UInt64), 'odd'::Variant(String, UInt64))",
  tree: 'JSON DEFAULT \'{"a":1,"b":"two"}\'',
};

const MAKE = {
  parts: "ENGINE = MergeTree ORDER BY n SETTINGS min_bytes_for_wide_part = 0",
  compact: "ENGINE = MergeTree ORDER BY n SETTINGS min_bytes_for_wide_part = 1000000000",
  log: "ENGINE = Log",
};

const FileRow = z.object({ path: z.string() });

describe.each(Object.entries(MAKE))("a table (%s)", (name, engine) => {
  let host: EmbeddedHost;
  let clients: RankClients;
  beforeAll(async () => {
    host = await EmbeddedHost.start();
    clients = new RankClients(() => new HostClient(host.address).endpoints());
    // Tables of the Log family take no columns of changing types.
    const taken = Object.entries(COLUMNS).filter(([column]) => name !== "log" || !["loose", "tree"].includes(column));
    const columns = taken.map(([column, type]) => `${column} ${type}`);
    await host.run(
      "CREATE DATABASE town",
      `CREATE TABLE town.${name} (${columns.join(", ")}) ${engine}`,
      `INSERT INTO town.${name} (n) SELECT number FROM numbers(3000)`,
    );
  });
  afterAll(async () => {
    await clients.close();
    await host[Symbol.asyncDispose]();
  });

  test("is found damaged by reading alone, whichever of its data files was changed", async () => {
    const [client] = await clients.all();
    if (client === undefined) throw new Error("there is no rank");
    const read = () => readRows(client, "town", name, { asBackedUp: true });
    expect(await read()).toBe(3_000);
    const files = await dataFiles();
    expect(files.length).toBeGreaterThanOrEqual(name === "compact" ? 1 : Object.keys(COLUMNS).length - 2);
    const unnoticed: string[] = [];
    const hashed = await hashSum(client);
    for (const file of files) {
      await flip(file);
      // A byte that changes nothing of what a query gives harms nobody.
      const wasNoticed = await read()
        .then(() => false)
        .catch(() => true);
      if (!wasNoticed && (await hashSum(client)) !== hashed) unnoticed.push(file);
      await flip(file);
    }
    expect(unnoticed).toEqual([]);
    expect(await read()).toBe(3_000);
  });

  async function hashSum(client: RankClient): Promise<bigint | undefined> {
    const scan = await scanTable(client, "town", name, { asBackedUp: true }).catch(() => undefined);
    return scan?.hashSum;
  }

  async function dataFiles(): Promise<string[]> {
    const rows = await host.ask(
      FileRow,
      name === "log"
        ? "SELECT arrayJoin(data_paths) AS path FROM system.tables WHERE database = 'town'"
        : "SELECT path FROM system.parts WHERE database = 'town' AND active",
    );
    const found = await Promise.all(
      rows.map(async ({ path }) =>
        (await readdir(path)).filter((file) => file.endsWith(".bin")).map((file) => join(path, file)),
      ),
    );
    return found.flat();
  }
});

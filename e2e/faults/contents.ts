import type { Ranks } from "../harness/ranks.ts";

/** What the cluster holds: for each table, view and SQL function of each rank, what a full scan of every column gave. */
export type Contents = Readonly<Record<string, string>>;

/** Some 5 MB in the kinds of tables whose files differ: with parts, without, empty, partitioned, of an odd name; a view over a function. */
export async function fill(ranks: Ranks): Promise<void> {
  await ranks.makeTable("orders", 120_000);
  for (const statement of STATEMENTS) await ranks.command(statement);
}

const STATEMENTS = [
  "CREATE FUNCTION with_tax AS (amount) -> amount * 1.2",
  "CREATE TABLE shop.prices (id UInt64, name String, price Nullable(Decimal(12, 2))) ENGINE = ReplacingMergeTree ORDER BY id",
  "INSERT INTO shop.prices SELECT number, concat('product ', toString(number)), if(number % 7 = 0, NULL, number / 100) FROM numbers(2000)",
  ...["Log", "StripeLog", "TinyLog"].flatMap((engine) => [
    `CREATE TABLE shop.in_${engine.toLowerCase()} (id UInt64, text String) ENGINE = ${engine}`,
    // Equal rows in all three, and in two inserts: what a deduplicating backup gets wrong.
    ...[0, 1].map(
      (part) =>
        `INSERT INTO shop.in_${engine.toLowerCase()} SELECT number + ${part * 1000}, toString(cityHash64(number)) FROM numbers(1000)`,
    ),
  ]),
  "CREATE TABLE shop.nothing (id UInt64) ENGINE = MergeTree ORDER BY id",
  "CREATE VIEW shop.per_day AS SELECT toDate(at) AS day, sum(with_tax(amount)) AS total FROM shop.orders GROUP BY day",
  "CREATE DATABASE `Old Stock`",
  "CREATE TABLE `Old Stock`.`naïve table` (id UInt64, noise UInt128) ENGINE = MergeTree PARTITION BY id % 4 ORDER BY id",
  "INSERT INTO `Old Stock`.`naïve table` SELECT number, generateUUIDv4(number)::UInt128 FROM numbers(20000)",
];

/** Reads every row of everything. NULLs count too: a row is hashed in its binary form. */
export async function contentsOf(ranks: Ranks): Promise<Contents> {
  const found = await ranks.visit(async (ask, rank) => {
    const tables = await ask<{ database: string; name: string }>(TABLES);
    const functions = await ask<{ name: string; create_query: string }>(FUNCTIONS);
    const scans = tables.map(
      ({ database, name }) =>
        `SELECT ${literal(`${database}.${name}`)} AS name, toString(count()) AS rows, ` +
        `toString(sum(sipHash64(formatRowNoNewline('RowBinary', *)))) AS hash FROM ${quoted(database)}.${quoted(name)}`,
    );
    const rows =
      scans.length === 0 ? [] : await ask<{ name: string; rows: string; hash: string }>(scans.join(" UNION ALL "));
    return [
      ...rows.map(({ name, rows: count, hash }) => [`rank ${rank}: ${name}`, `${count} rows, ${hash}`] as const),
      ...functions.map(({ name, create_query }) => [`rank ${rank}: function ${name}`, create_query] as const),
    ];
  });
  return Object.fromEntries(found.flat().sort(([one], [other]) => (one < other ? -1 : 1)));
}

const TABLES =
  "SELECT database, name FROM system.tables WHERE database NOT IN ('system', 'information_schema', 'INFORMATION_SCHEMA')";
const FUNCTIONS = "SELECT name, create_query FROM system.functions WHERE origin = 'SQLUserDefined'";

function quoted(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

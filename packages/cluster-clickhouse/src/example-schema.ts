/** The database that the example data is in. */
export const EXAMPLE_DATABASE = "shop";
/** Its comment while it is being filled, and afterwards: what is half loaded, and ours, is known by it. */
export const LOADING_COMMENT = "Snapdeck example data, being loaded";
export const LOADED_COMMENT = "Snapdeck example data";

/** Rows that one INSERT makes: small enough to be stopped soon, large enough for few parts. */
const ROWS_AT_ONCE = 150_000;

type ExampleTable = {
  readonly name: string;
  /** Over all ranks together. */
  readonly rows: number;
  readonly columns: string;
  readonly engine: string;
  /** The columns as expressions over `number`, in order. Everything follows from that number, so equal loads are equal. */
  readonly select: string;
};

const hash = (salt: string) => `cityHash64(number, '${salt}')`;
const pick = (salt: string, ...values: string[]) =>
  `[${values.map((value) => `'${value}'`).join(", ")}][1 + ${hash(salt)} % ${values.length}]`;

const COUNTRY = pick("country", "DE", "FR", "US", "GB", "ES", "IT", "NL", "PL", "JP", "BR");
const CATEGORY = pick("category", "books", "garden", "kitchen", "music", "office", "outdoor", "toys");
const STATUS = pick("status", "paid", "paid", "shipped", "shipped", "delivered", "delivered", "delivered", "returned");
const EVENT = pick("kind", "view", "view", "view", "view", "search", "add_to_cart", "checkout", "purchase");

/** Two years of a shop of the kind every newcomer knows; 2 000 000 rows. */
export const EXAMPLE_TABLES: readonly ExampleTable[] = [
  {
    name: "customers",
    rows: 50_000,
    columns: `customer_id UInt32, name String, email String, country LowCardinality(String), signed_up Date,
      birth_year Nullable(UInt16), wants_news Bool`,
    engine: "MergeTree ORDER BY customer_id",
    select: `number, concat(${pick("first", "Ada", "Bo", "Chen", "Dilan", "Eva", "Femi", "Grace", "Hugo")}, ' ',
      ${pick("last", "Okafor", "Schmidt", "Garcia", "Rossi", "Tanaka", "Novak", "Silva", "Martin")}),
      concat('customer', toString(number), '@example.com'), ${COUNTRY}, toDate('2022-01-01') + ${hash("since")} % 1000,
      if(${hash("told")} % 4 = 0, NULL, 1940 + ${hash("born")} % 65), ${hash("news")} % 3 = 0`,
  },
  {
    name: "products",
    rows: 2_000,
    columns: `product_id UInt32, sku FixedString(8), title String, category LowCardinality(String), price Decimal(10, 2),
      tags Array(LowCardinality(String)), weight_grams Nullable(UInt32)`,
    engine: "MergeTree ORDER BY (category, product_id)",
    select: `number, upper(substring(hex(${hash("sku")}), 1, 8)), concat(${CATEGORY}, ' no. ', toString(number)), ${CATEGORY},
      toDecimal64((99 + ${hash("price")} % 19900) / 100, 2),
      arraySlice(['new', 'sale', 'green', 'gift', 'large'], 1 + ${hash("tag")} % 5, ${hash("tags")} % 3),
      if(${hash("weighed")} % 5 = 0, NULL, 20 + ${hash("weight")} % 9000)`,
  },
  {
    name: "orders",
    rows: 300_000,
    columns: `order_id UInt64, customer_id UInt32, ordered_at DateTime('UTC'), status LowCardinality(String),
      total Decimal(12, 2), coupon Nullable(String)`,
    engine: "MergeTree PARTITION BY toYear(ordered_at) ORDER BY (customer_id, order_id)",
    select: `number, ${hash("buyer")} % 50000, toDateTime('2024-01-01 00:00:00', 'UTC') + ${hash("when")} % 63072000, ${STATUS},
      toDecimal64((500 + ${hash("total")} % 49500) / 100, 2),
      if(${hash("coupon")} % 10 = 0, concat('SAVE', toString(5 + ${hash("off")} % 20)), NULL)`,
  },
  {
    name: "order_items",
    rows: 900_000,
    columns: "order_id UInt64, line UInt8, product_id UInt32, quantity UInt8, unit_price Decimal(10, 2)",
    engine: "MergeTree ORDER BY (order_id, line)",
    select: `intDiv(number, 3), 1 + number % 3, ${hash("item")} % 2000, 1 + ${hash("quantity")} % 5,
      toDecimal64((99 + ${hash("price")} % 19900) / 100, 2)`,
  },
  {
    name: "events",
    rows: 720_000,
    columns: `at DateTime64(3, 'UTC'), customer_id UInt32, kind LowCardinality(String), path String,
      properties Map(LowCardinality(String), String), took_ms Float32`,
    engine: "MergeTree PARTITION BY toYYYYMM(at) ORDER BY (kind, at)",
    select: `toDateTime64('2025-01-01 00:00:00', 3, 'UTC') + ${hash("at")} % 31536000 + (${hash("ms")} % 1000) / 1000,
      ${hash("visitor")} % 50000, ${EVENT}, concat('/products/', toString(${hash("page")} % 2000)),
      map('device', ${pick("device", "phone", "tablet", "desktop")}, 'campaign', toString(${hash("campaign")} % 40)),
      (${hash("took")} % 100000) / 100`,
  },
  {
    name: "stock_movements",
    rows: 28_000,
    columns: "at DateTime('UTC'), product_id UInt32, change Int32, reason LowCardinality(String)",
    engine: "Log",
    select: `toDateTime('2024-01-01 00:00:00', 'UTC') + number * 2250, ${hash("moved")} % 2000, ${hash("change")} % 200 - 100,
      ${pick("reason", "delivery", "sale", "return", "count")}`,
  },
];

/** The view and the function are there so that a restore has more than tables to bring back. */
const EXTRAS = [
  "CREATE OR REPLACE FUNCTION shop_gross AS (net) -> round(net * 1.19, 2)",
  `CREATE VIEW shop.sales_by_month AS SELECT toStartOfMonth(ordered_at) AS month, count() AS orders, sum(total) AS net,
    shop_gross(net) AS gross FROM shop.orders WHERE status != 'returned' GROUP BY month ORDER BY month`,
];

export type ExampleStep = { readonly statement: string; readonly rows: number };

/** What rank `at` of `ranks` runs, in order; the ranks share the rows. */
export function exampleSteps(at: number, ranks: number): ExampleStep[] {
  const steps: ExampleStep[] = [
    { statement: `CREATE DATABASE ${EXAMPLE_DATABASE} COMMENT '${LOADING_COMMENT}'`, rows: 0 },
    ...EXAMPLE_TABLES.map(({ name, columns, engine }) => ({
      statement: `CREATE TABLE ${EXAMPLE_DATABASE}.${name} (${columns}) ENGINE = ${engine}`,
      rows: 0,
    })),
    ...EXTRAS.map((statement) => ({ statement, rows: 0 })),
  ];
  for (const { name, rows, select } of EXAMPLE_TABLES) {
    const end = Math.floor((rows * (at + 1)) / ranks);
    for (let from = Math.floor((rows * at) / ranks); from < end; from += ROWS_AT_ONCE) {
      const count = Math.min(ROWS_AT_ONCE, end - from);
      const source = `numbers(${from}, ${count})`;
      steps.push({ statement: `INSERT INTO ${EXAMPLE_DATABASE}.${name} SELECT ${select} FROM ${source}`, rows: count });
    }
  }
  // Last: from here on it is whole, and the user's.
  steps.push({ statement: `ALTER DATABASE ${EXAMPLE_DATABASE} MODIFY COMMENT '${LOADED_COMMENT}'`, rows: 0 });
  return steps;
}

/** Takes a half-loaded example away. */
export const DISCARD_STEPS = [`DROP DATABASE IF EXISTS ${EXAMPLE_DATABASE} SYNC`, "DROP FUNCTION IF EXISTS shop_gross"];

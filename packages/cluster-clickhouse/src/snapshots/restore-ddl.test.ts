import { describe, expect, it } from "vitest";
import { attachView, createAt, createInner, keepsRows, type Moves, parseCreate } from "./restore-ddl.ts";
import { ddlTokens } from "./restore-tokens.ts";

const moves: Moves = Object.assign(
  ({ database, name }: { database: string; name: string }) =>
    database === "shop" && ["orders", "t", "dict"].includes(name) ? { database: "n`ew", name } : undefined,
  { schema: (name: string) => (name === "shop" ? "n`ew" : undefined) },
);
const there = { database: "new", name: "v" };
const at = (statement: string) => createAt(parseCreate(statement, { database: "shop", name: "v" }), there, moves);

describe("a definition that is put elsewhere", () => {
  it("speaks of restored objects where they are from now on, quoted or not, and of others where they were", () => {
    expect(at("CREATE VIEW shop.v (`n` UInt64) AS SELECT shop.orders.n FROM shop.orders, `shop`.`t`, shop.stays")).toBe(
      "CREATE VIEW `new`.`v` (`n` UInt64) AS SELECT `n\\`ew`.`orders`.n FROM `n\\`ew`.`orders`, `n\\`ew`.`t`, shop.stays",
    );
  });

  it("keeps texts, comments and columns that only look like objects", () => {
    const rest = " AS SELECT 'shop.orders', x.shop.orders, shop.other, 1.5 /* shop.orders */ FROM a.b AS shop";
    expect(at(`CREATE VIEW shop.v${rest}`)).toBe(`CREATE VIEW \`new\`.\`v\`${rest}`);
  });

  it("moves the objects that functions, engines and dictionaries name in texts", () => {
    expect(at("CREATE VIEW shop.v AS SELECT dictGet('shop.dict', 's', n) FROM shop.t")).toContain(
      "dictGet('n`ew.dict', 's'",
    );
    expect(at("CREATE TABLE shop.v (`n` UInt8) ENGINE = Buffer('shop', 'orders', 1)")).toContain(
      "Buffer('n`ew', 'orders', 1)",
    );
    expect(at("CREATE TABLE shop.v (`n` UInt8) ENGINE = Distributed('c', 'shop', 'orders')")).toContain(
      "Distributed('c', 'n`ew', 'orders')",
    );
    expect(at("CREATE DICTIONARY shop.v (`n` UInt8) PRIMARY KEY n SOURCE(CLICKHOUSE(TABLE 't' DB 'shop'))")).toContain(
      "TABLE 't' DB 'n`ew'",
    );
  });

  it("of another name for a table has no columns, and says in full which table that is", () => {
    expect(at("CREATE TABLE shop.v (`n` UInt8) ENGINE = Alias('shop', 'orders') COMMENT 'c'")).toBe(
      "CREATE TABLE `new`.`v` ENGINE = Alias('n`ew', 'orders') COMMENT 'c'",
    );
    expect(at("CREATE TABLE shop.v (`n` UInt8) ENGINE = Alias('shop.orders')")).toContain("Alias('n`ew', 'orders')");
    expect(at("CREATE TABLE shop.v (`n` UInt8) ENGINE = Alias('stays')")).toBe(
      "CREATE TABLE `new`.`v` ENGINE = Alias('shop', 'stays')",
    );
  });

  it("that looks at all tables of a schema looks at those of the other one", () => {
    expect(at("CREATE TABLE shop.v (`n` UInt8) ENGINE = Merge('shop', '^t')")).toContain("Merge('n`ew', '^t')");
    expect(at("CREATE TABLE shop.v (`n` UInt8) ENGINE = Merge(shop, '^t')")).toContain("Merge('n`ew', '^t')");
    expect(at("CREATE VIEW shop.v AS SELECT * FROM merge('shop', '^t$')")).toContain("merge('n`ew', '^t$')");
    expect(at("CREATE VIEW shop.v AS SELECT * FROM merge('stays', '^t$')")).toContain("merge('stays', '^t$')");
    expect(at("CREATE VIEW shop.v AS SELECT merge('shop') FROM x")).toContain("merge('shop')");
  });

  it("loses its UUID", () => {
    expect(at("CREATE TABLE shop.v UUID '1-2' (`n` UInt8) ENGINE = Log")).toBe(
      "CREATE TABLE `new`.`v` (`n` UInt8) ENGINE = Log",
    );
  });

  it.each([
    "CREATE VIEW shop.v AS SELECT 1; DROP TABLE shop.t",
    "CREATE VIEW shop.other AS SELECT 1",
    "DROP TABLE shop.v",
    "CREATE TABLE shop.v (`n` UInt8) ENGINE = File('x",
    "CREATE USER shop.v",
  ])("is refused as %j", (statement) => {
    expect(() => at(statement)).toThrow("backup-unusable");
  });
});

describe("a materialized view", () => {
  const own =
    "CREATE MATERIALIZED VIEW shop.v (`k` UInt8) ENGINE = MergeTree ORDER BY k TTL d TO DISK 'x' AS SELECT n AS k FROM shop.t";
  const into = "CREATE MATERIALIZED VIEW shop.v TO shop.orders (`k` UInt8) AS SELECT n AS k FROM shop.t";
  const parsed = (statement: string) => parseCreate(statement, { database: "shop", name: "v" });

  it("keeps rows of its own unless it says where they go", () => {
    expect([own, into].map((statement) => keepsRows(parsed(statement)))).toEqual([true, false]);
  });

  it("has its rows in a table of its own, which can be made alone", () => {
    expect(createInner(parsed(own), there, moves)).toBe(
      "CREATE TABLE `new`.`v` (`k` UInt8) ENGINE = MergeTree ORDER BY k TTL d TO DISK 'x' ",
    );
  });

  it("is attached to what it writes to", () => {
    const ids = { uuid: "u", innerUuid: "i" };
    expect(attachView(parsed(own), there, ids, moves)).toMatch(
      /^ATTACH MATERIALIZED VIEW `new`.`v` UUID 'u' +TO INNER UUID 'i' \(`k` UInt8\) ENGINE = .* FROM `n\\`ew`.`t`$/,
    );
    expect(attachView(parsed(into), there, { uuid: "u" }, moves)).toBe(
      "ATTACH MATERIALIZED VIEW `new`.`v` UUID 'u' TO `n\\`ew`.`orders` (`k` UInt8) AS SELECT n AS k FROM `n\\`ew`.`t`",
    );
  });
});

it("no statement loses a character when it is taken apart", () => {
  for (const text of ["SELECT 1.5e3, a.b FROM `x\\`y`", "'it''s' '\\''", "$$heredoc$$ -- c\n;", '"a""b" é 🙂']) {
    expect(
      ddlTokens(text)
        .map((token) => token.text)
        .join(""),
    ).toBe(text);
  }
});

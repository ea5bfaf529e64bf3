import { describe, expect, it } from "vitest";
import { EngineError } from "./engine-error.ts";
import { readStatement } from "./statement.ts";

function codeOf(sql: string): number | undefined {
  try {
    readStatement(sql);
    return undefined;
  } catch (error) {
    return error instanceof EngineError ? error.code : Number.NaN;
  }
}

function insertParts(sql: string) {
  const statement = readStatement(sql);
  if (statement.kind !== "insert") throw new Error(`not an insert: ${statement.kind}`);
  const { format, settings } = statement;
  return { into: sql.slice(0, statement.sourceAt), settings, format, data: sql.slice(statement.dataStart) };
}

describe("the kind of a statement", () => {
  it.each([
    ["SELECT 1", "query"],
    ["  -- why\n/* and how */ select 1", "query"],
    ["(SELECT 1) UNION ALL (SELECT 2)", "query"],
    ["WITH 1 AS x SELECT x", "query"],
    ["FROM t SELECT a", "query"],
    ["WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x", "other"],
    ["INSERT INTO t SELECT 1", "other"],
    ["INSERT INTO t (a) WITH 1 AS x SELECT x", "other"],
    ["CREATE TABLE values (format String) ENGINE = Memory", "other"],
    ["BACKUP TABLE t TO File('a') SETTINGS id = 'x' ASYNC", "other"],
    ["EXPLAIN SELECT 1", "other"],
  ])("%s is %s", (sql, kind) => {
    expect(readStatement(sql).kind).toBe(kind);
  });

  it("ends at the semicolon, and white space or a comment may follow it", () => {
    const sql = "SELECT ';' AS a; -- done\n;";
    expect(readStatement(sql)).toMatchObject({ kind: "query", end: sql.indexOf("; --") });
  });
});

describe("the format of a statement", () => {
  it("is the one that stands at its end", () => {
    const sql = "SELECT format, 1 AS `FORMAT` FROM format FORMAT JSONEachRow";
    expect(readStatement(sql)).toMatchObject({
      format: "JSONEachRow",
      formatClause: { start: sql.lastIndexOf("FORMAT") },
    });
  });

  it("is found before settings", () => {
    expect(readStatement("SELECT 1 FORMAT CSV SETTINGS max_threads = 1")).toMatchObject({ format: "CSV" });
  });

  it("is not looked for in texts, subqueries and column names", () => {
    expect(readStatement("SELECT 'x FORMAT CSV', (SELECT 1 AS format), f FROM t")).not.toHaveProperty("format");
    expect(readStatement("SELECT a AS format FROM t")).not.toHaveProperty("format");
  });
});

describe("an INSERT with data", () => {
  it("knows where its data starts", () => {
    expect(insertParts("INSERT INTO t (a, b) FORMAT CSV\n1,'x;y'\n")).toEqual({
      ...{ into: "INSERT INTO t (a, b) ", settings: "", format: "CSV" },
      data: "1,'x;y'\n",
    });
  });

  it("keeps its settings behind the source, where the engine wants them", () => {
    expect(insertParts("INSERT INTO t SETTINGS async_insert = 0 FORMAT JSONEachRow {}")).toMatchObject({
      ...{ into: "INSERT INTO t ", settings: "SETTINGS async_insert = 0 " },
      data: "{}",
    });
  });

  it("takes away no more than one line end", () => {
    expect(insertParts("INSERT INTO t FORMAT TSV \r\n\n1").data).toBe("\n1");
    expect(insertParts("INSERT INTO t FORMAT Native\n\x00\x01").data).toBe("\x00\x01");
  });

  it("may be into a table with a name like a keyword", () => {
    expect(insertParts("INSERT INTO db.values VALUES (1)")).toMatchObject({ format: "Values", data: " (1)" });
    expect(insertParts("INSERT INTO TABLE format FORMAT CSV 1")).toMatchObject({ into: "INSERT INTO TABLE format " });
    expect(insertParts("INSERT INTO FUNCTION null('a UInt8') VALUES (1)")).toMatchObject({ format: "Values" });
  });

  it("is not looked at behind its data's start, whatever is in there", () => {
    expect(insertParts("INSERT INTO t FORMAT RawBLOB\nSELECT 1; '\"`/*").data).toBe("SELECT 1; '\"`/*");
  });
});

describe("what is refused", () => {
  it.each([
    ["two statements at once", "SELECT 1; SELECT 2", 62],
    ["nothing", " -- nothing\n", 62],
    ["files of the host as output", "SELECT 1 INTO OUTFILE '/tmp/x'", 358],
    ["files of the host as output, explained", "SHOW TABLES INTO/**/OUTFILE '/tmp/x' FORMAT CSV", 358],
    [
      "the table function of the body",
      "INSERT INTO t SELECT a FROM (SELECT * FROM input('a UInt8')) FORMAT CSV\n1;2;3",
      48,
    ],
    ["files of the host as input", "INSERT INTO t FROM INFILE '/etc/passwd' FORMAT LineAsString", 78],
  ])("%s", (_, sql, code) => {
    expect(codeOf(sql)).toBe(code);
  });

  it("does not refuse tables that are called like that", () => {
    expect(codeOf("INSERT INTO outfile SELECT 1")).toBeUndefined();
    expect(codeOf("SELECT 'INTO OUTFILE ''x''', \"a;b\", `c;d`, $$;$$ -- ;")).toBeUndefined();
  });
});

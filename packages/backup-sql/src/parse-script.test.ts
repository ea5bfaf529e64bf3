import { describe, expect, test } from "vitest";
import { oneStatement } from "../tests/one-statement.ts";
import { OBJECT_TYPES } from "./ast/backup-object.ts";
import { CREDENTIAL_TYPES } from "./options/credential-options.ts";
import { parseScript } from "./parse-script.ts";
import { printStatement } from "./print-statement.ts";

const SNAPSHOT = "BACKUP b TYPE = 'differential' DATA SINK = ops.s WITH OPTIONS (DRY_RUN = true)";
const CREATE = "CREATE BACKUP b DATA SINK = s OBJECTS (TABLE = a.x, TABLE = a.y) WITH OPTIONS (CHECKSUM = true)";
const RESTORE = "RESTORE BACKUP b DATA SOURCE = s OBJECTS (ALL = a)";
const ALTER = "ALTER BACKUP b DATA SINK = s SET CHECKSUM = true, DDL_ONLY = false WITH OPTIONS (DRY_RUN = true)";
const SOURCE = "CREATE DATA SOURCE s LOCATION = 'S3' USER = 'u' PASSWORD = 'p' WITH OPTIONS (VALIDATE = false)";
const CREDENTIAL =
  "CREATE CREDENTIAL c TYPE = 'jdbc', IDENTITY = 'i', SECRET = 's' WITH OPTIONS (S3_AWS_ROLE_ARN = 'a')";

describe("what the vendor's pages write in several ways is one statement", () => {
  test.each([
    [
      "with and without the equals sign",
      "BACKUP b TYPE = 'differential' DATA SINK ops.s WITH OPTIONS (DRY_RUN = true)",
      SNAPSHOT,
    ],
    ["a bare type", "BACKUP b TYPE = Differential DATA SINK = ops.s WITH OPTIONS (DRY_RUN = 'true')", SNAPSHOT],
    [
      "clauses in another order",
      "BACKUP b WITH OPTIONS (DRY_RUN = true) DATA SINK = ops.s TYPE = 'differential'",
      SNAPSHOT,
    ],
    [
      "names in quotes",
      'BACKUP "b" TYPE = \'differential\' DATA SINK = `ops`."s" WITH OPTIONS (DRY_RUN = true)',
      SNAPSHOT,
    ],
    [
      "comments anywhere",
      "BACKUP/**/b -- x\nTYPE/* /* */ */= 'differential'--'\nDATA/**/SINK = ops . s WITH OPTIONS(DRY_RUN=true)",
      SNAPSHOT,
    ],
    [
      "the type of objects said once",
      "CREATE BACKUP b DATA SINK s OBJECTS (TABLE = a.x, a.y) WITH OPTIONS (CHECKSUM = true)",
      CREATE,
    ],
    [
      "TYPE = 'full' with CREATE",
      "CREATE BACKUP b WITH OPTIONS (CHECKSUM = 'true') TYPE = 'full' OBJECTS (TABLE = a.x, a.y) DATA SINK s",
      CREATE,
    ],
    ["objects before the source", "RESTORE BACKUP b OBJECTS (ALL = a) DATA SOURCE s", RESTORE],
    [
      "settings before the sink",
      "ALTER BACKUP b WITH OPTIONS (DRY_RUN = true) SET CHECKSUM = true, DDL_ONLY = false DATA SINK s",
      ALTER,
    ],
    ["DESC and DESCRIBE", "DESC BACKUP b DATA SOURCE s", "DESCRIBE BACKUP b DATA SOURCE = s"],
    ["a star in quotes", 'SHOW BACKUP "*" DATA SOURCE s', "SHOW BACKUP * DATA SOURCE = s"],
    ["an external data sink", "DROP EXTERNAL DATA SINK s", "DROP DATA SINK s"],
    [
      "a password before the location",
      "CREATE DATA SOURCE s WITH OPTIONS (VALIDATE = 'false') PASSWORD = 'p' USER = 'u' LOCATION = 'S3'",
      SOURCE,
    ],
    [
      "a credential without commas",
      "CREATE CREDENTIAL c SECRET = 's' IDENTITY = 'i' TYPE = jdbc WITH OPTIONS (S3_AWS_ROLE_ARN = 'a')",
      CREDENTIAL,
    ],
    [
      "a credential with all commas",
      "CREATE CREDENTIAL c TYPE = 'jdbc', WITH OPTIONS (S3_AWS_ROLE_ARN = 'a'), IDENTITY = 'i', SECRET = 's'",
      CREDENTIAL,
    ],
    ["SET without PROPERTY", "ALTER DATA SINK s SET LOCATION = 'S3'", "ALTER DATA SINK s SET PROPERTY LOCATION = 'S3'"],
    ["a byte order mark and odd spaces", "\uFEFFSHOW\u00A0BACKUP\t*\r\nDATA SOURCE s", "SHOW BACKUP * DATA SOURCE = s"],
  ])("%s", (_way, written, canonical) => {
    expect(oneStatement(written)).toEqual(oneStatement(canonical));
    expect(printStatement(oneStatement(written))).toBe(canonical);
  });
});

describe("the words of the dialect name things too", () => {
  test.each([
    [
      "CREATE BACKUP backup DATA SINK data OBJECTS (TABLE = sink.table, data, ALL = all) WITH OPTIONS (COMMENT = comment)",
      'CREATE BACKUP "backup" DATA SINK = "data" OBJECTS (TABLE = "sink".table, TABLE = "data", ALL = all) WITH OPTIONS (COMMENT = \'comment\')',
    ],
    ["BACKUP type TYPE = incremental DATA SINK = type.type", 'BACKUP "type" DATA SINK = "type"."type"'],
    [
      "BACKUP with WITH OPTIONS (DRY_RUN = true) DATA SINK with",
      'BACKUP "with" DATA SINK = "with" WITH OPTIONS (DRY_RUN = true)',
    ],
    [
      "RESTORE BACKUP objects DATA SOURCE source OBJECTS (ALL = objects, DATA SINK = sink.sink, data)",
      'RESTORE BACKUP "objects" DATA SOURCE = "source" OBJECTS (ALL = "objects", DATA SINK = "sink"."sink", DATA SINK = "data")',
    ],
    ["ALTER BACKUP merge DATA SINK set MERGE", 'ALTER BACKUP "merge" DATA SINK = "set" MERGE'],
    ["DROP SCHEMA cascade CASCADE", 'DROP SCHEMA "cascade" CASCADE'],
    ["DROP SCHEMA if", 'DROP SCHEMA "if"'],
    ["CREATE SCHEMA IF NOT EXISTS exists", 'CREATE SCHEMA IF NOT EXISTS "exists"'],
    ["CREATE SCHEMA schema", 'CREATE SCHEMA "schema"'],
    ["CREATE DATA SINK data LOCATION = location", "CREATE DATA SINK \"data\" LOCATION = 'location'"],
    ["SHOW CREDENTIAL credential.credential", 'SHOW CREDENTIAL "credential"."credential"'],
    ["DESCRIBE DATA SINK external", 'DESCRIBE DATA SINK "external"'],
  ])("%s", (written, printed) => {
    expect(printStatement(oneStatement(written))).toBe(printed);
  });

  test("names keep their case and their odd characters", () => {
    const statement = oneStatement(
      'CREATE BACKUP "1st ""Backup""" DATA SINK = `a``b`.#Tmp# OBJECTS (USER = "o\'hara", ROLE = "x;--y")',
    );
    expect(statement).toEqual({
      kind: "create-backup",
      backup: '1st "Backup"',
      sink: { schema: "a`b", name: "#Tmp#" },
      objects: [
        { type: "USER", name: { name: "o'hara" } },
        { type: "ROLE", name: { name: "x;--y" } },
      ],
      options: {},
    });
  });
});

describe("every kind", () => {
  test.each(OBJECT_TYPES)("of object can be named: %s", (type) => {
    expect(oneStatement(`CREATE BACKUP b DATA SINK s OBJECTS (${type.toLowerCase()} = x.y, "z")`)).toMatchObject({
      objects: [
        { type, name: { schema: "x", name: "y" } },
        { type, name: { name: "z" } },
      ],
    });
  });

  test.each(CREDENTIAL_TYPES)("of credential can be created: %s", (type) => {
    expect(oneStatement(`CREATE CREDENTIAL c TYPE = '${type}'`)).toEqual({
      kind: "create-credential",
      name: { name: "c" },
      orReplace: false,
      type,
      options: {},
    });
  });
});

describe("a script", () => {
  test("gives each statement its place", () => {
    const text = "-- nightly\nSELECT ';' ; BACKUP b DATA SINK s;";
    expect(parseScript(text)).toEqual({
      outcome: "accepted",
      statements: [
        { statement: { kind: "foreign", text: "SELECT ';'" }, span: { start: 11, end: 21 } },
        {
          statement: { kind: "take-snapshot", type: "incremental", backup: "b", sink: { name: "s" }, options: {} },
          span: { start: 24, end: 44 },
        },
      ],
    });
  });

  test("with one error runs nothing", () => {
    expect(parseScript("DROP BACKUP b DATA SINK s; BACKUP c; SELECT 1").outcome).toBe("refused");
  });

  test("without statements is accepted", () => {
    expect(parseScript(" -- nothing\n;")).toEqual({ outcome: "accepted", statements: [] });
  });
});

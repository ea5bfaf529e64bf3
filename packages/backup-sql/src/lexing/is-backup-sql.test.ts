import { describe, expect, test } from "vitest";
import { splitScript } from "./split-script.ts";

const ours = [
  "CREATE BACKUP b",
  "create or replace backup b",
  "CREATE /* x */ BACKUP -- y\n b",
  "BACKUP b DATA SINK = s",
  "BACKUP",
  "BACKUP backup DATA SINK = sink",
  // Backups of the name of what the engine backs up.
  "BACKUP table DATA SINK = s",
  "BACKUP all TYPE = 'differential' DATA SINK s",
  "BACKUP database WITH OPTIONS (DRY_RUN = true) DATA SINK s",
  "BACKUP TABLE",
  // A mistake about ours: the error is to be ours as well.
  "BACKUP TABLE orders DATA SINK = s",
  "BACKUP TABLE shop.orders DATA SINK = s",
  "ALTER BACKUP b",
  "RESTORE BACKUP b",
  "DROP BACKUP *",
  'SHOW BACKUP "x*"',
  "DESC BACKUP b DATA SOURCE s",
  "DESCRIBE BACKUP *",
  "DESCRIBE BACKUP settings DATA SOURCE = s",
  "VERIFY BACKUP b",
  "VERIFY orders",
  "CREATE EXTERNAL DATA SINK s",
  "CREATE OR REPLACE EXTERNAL DATA SOURCE s",
  "CREATE DATA SNIK s",
  "ALTER DATA SOURCE s",
  "DROP DATA SINK s",
  "SHOW EXTERNAL DATA SINK *",
  "DESC DATA SOURCE s",
  "DESCRIBE EXTERNAL DATA SINK s",
  "CREATE CREDENTIAL c",
  "ALTER CREDENTIAL c",
  "DROP CREDENTIAL c",
  "SHOW CREDENTIAL *",
  "DESCRIBE CREDENTIAL c",
  "DESCRIBE CREDENTIAL format",
  "CREATE SCHEMA s",
  "DROP SCHEMA s CASCADE",
];

const foreign = [
  "SELECT * FROM backup",
  "INSERT INTO sink VALUES (1)",
  "CREATE TABLE backup (data String) ENGINE = Memory",
  "CREATE EXTERNAL TABLE t",
  "CREATE DATABASE s",
  "ALTER TABLE backup DELETE WHERE 1",
  "ALTER SCHEMA a RENAME TO b",
  "DROP TABLE credential",
  "SHOW SCHEMA s",
  "SHOW CREATE TABLE backup",
  // Tables of the names of ours.
  "DESCRIBE backup",
  "DESC credential;",
  "DESC data",
  "DESCRIBE backup.orders",
  "DESC backup FORMAT JSON",
  "DESCRIBE credential SETTINGS a = 1",
  "DESC TABLE backup",
  // The engine's own backups.
  "BACKUP TABLE orders TO Disk('d', 'x')",
  "BACKUP TABLE data TO Disk('d', 'x')",
  "BACKUP TABLE db.type TO Disk('d', 'x')",
  "BACKUP DATABASE db TO File('x')",
  "BACKUP ALL EXCEPT DATABASE x TO File('x')",
  "BACKUP TEMPORARY TABLE t TO File('x')",
  "RESTORE TABLE orders FROM Disk('d', 'x')",
  "RESTORE ALL FROM File('x')",
  "EXPLAIN SELECT 1",
  '"BACKUP" b',
  "(((",
];

describe("the statements of the backup dialect", () => {
  test.each(ours)("include %s", (statement) => {
    expect(splitScript(statement).pieces.map(({ dialect }) => dialect)).toEqual(["backup"]);
  });

  test.each(foreign)("leave to the engine %s", (statement) => {
    expect(splitScript(statement).pieces.map(({ dialect }) => dialect)).toEqual(["engine"]);
  });
});

import { describe, expect, test } from "vitest";
import { splitScript } from "./split-script.ts";

/** The statements of a script, those of the backup dialect marked. */
function split(text: string): readonly string[] {
  return splitScript(text).pieces.map(({ dialect, span }) => {
    const statement = text.slice(span.start, span.end);
    return dialect === "backup" ? `backup: ${statement}` : statement;
  });
}

describe("a script is cut at its semicolons", () => {
  test.each<readonly [name: string, script: string, statements: readonly string[]]>([
    [
      "of statements on both sides",
      "SELECT 1; SHOW BACKUP * DATA SOURCE s ;SELECT 2",
      ["SELECT 1", "backup: SHOW BACKUP * DATA SOURCE s", "SELECT 2"],
    ],
    ["but empty statements are none", " ;; \n;-- nothing\n;", []],
    ["and an empty script has none", "", []],
    ["also where the last one is missing", "SELECT 1;\nSELECT 2\n", ["SELECT 1", "SELECT 2"]],
    ["not within a text", "SELECT 'a;b'; SELECT ''';'", ["SELECT 'a;b'", "SELECT ''';'"]],
    ["not behind an escaped quote of the engine", "SELECT 'a\\';b'; SELECT 2", ["SELECT 'a\\';b'", "SELECT 2"]],
    [
      "though a backslash escapes nothing in the backup dialect",
      "BACKUP b DATA SINK = s WITH OPTIONS (COMMENT = 'a\\'); SELECT 2",
      ["backup: BACKUP b DATA SINK = s WITH OPTIONS (COMMENT = 'a\\')", "SELECT 2"],
    ],
    ["not within a quoted name", 'SELECT "a;b", `c;``d`; SELECT 2', ['SELECT "a;b", `c;``d`', "SELECT 2"]],
    [
      "not within typographic quotes of the engine",
      "SELECT ‘a;b’ AS “c;d”; SELECT 2",
      ["SELECT ‘a;b’ AS “c;d”", "SELECT 2"],
    ],
    [
      "not within a heredoc",
      "SELECT $q$ it's; $$ $q$; SELECT $$;$$; SELECT 2",
      ["SELECT $q$ it's; $$ $q$", "SELECT $$;$$", "SELECT 2"],
    ],
    ["but a tag that is not repeated opens none", "SELECT 1 AS $x$; SELECT $1", ["SELECT 1 AS $x$", "SELECT $1"]],
    [
      "not within comments",
      "SELECT /* a; /* b; */ c; */ 1; SELECT 2 -- d;\n+ 3 # e;\n+ 4 // f;\n; #! g;\nSELECT 5",
      ["SELECT /* a; /* b; */ c; */ 1", "SELECT 2 -- d;\n+ 3 # e;\n+ 4", "SELECT 5"],
    ],
    ["and comments at its edges are no part of a statement", "/* a */ SELECT 1 -- b\n; -- c\n", ["SELECT 1"]],
    [
      "but a comment without an end is, so that it is refused",
      "SELECT 1 /* ; DROP BACKUP * DATA SINK s",
      ["SELECT 1 /* ; DROP BACKUP * DATA SINK s"],
    ],
    ["also one that begins the script", "/* SELECT 1; BACKUP b DATA SINK s", ["/* SELECT 1; BACKUP b DATA SINK s"]],
    [
      "and a text without an end takes the rest",
      "SELECT 'a; BACKUP b DATA SINK s; SELECT 2",
      ["SELECT 'a; BACKUP b DATA SINK s; SELECT 2"],
    ],
    [
      "not within the body of a procedure",
      "CREATE OR REPLACE PROCEDURE p BEGIN BACKUP b DATA SINK s; SELECT CASE 1 WHEN 1 THEN 2 END; END EXECUTE FOR EVERY 7 DAYS; SELECT 2",
      [
        "CREATE OR REPLACE PROCEDURE p BEGIN BACKUP b DATA SINK s; SELECT CASE 1 WHEN 1 THEN 2 END; END EXECUTE FOR EVERY 7 DAYS",
        "SELECT 2",
      ],
    ],
  ])("%s", (_name, script, statements) => {
    expect(split(script)).toEqual(statements);
  });
});

describe("an INSERT", () => {
  test.each<readonly [name: string, script: string, statements: readonly string[]]>([
    [
      "with VALUES ends at its semicolon",
      "INSERT INTO t VALUES (1, 'a;b'); SELECT 2",
      ["INSERT INTO t VALUES (1, 'a;b')", "SELECT 2"],
    ],
    [
      "with FORMAT Values does too",
      "INSERT INTO t FORMAT Values (1); SELECT 2",
      ["INSERT INTO t FORMAT Values (1)", "SELECT 2"],
    ],
    [
      "with SELECT does too, whatever its format",
      "INSERT INTO t SELECT 1 FORMAT Null; SELECT 2",
      ["INSERT INTO t SELECT 1 FORMAT Null", "SELECT 2"],
    ],
    [
      "from a file does too",
      "INSERT INTO t FROM INFILE 'x.csv' FORMAT CSV; SELECT 2",
      ["INSERT INTO t FROM INFILE 'x.csv' FORMAT CSV", "SELECT 2"],
    ],
    [
      "with FORMAT takes the rest of the script for its rows",
      "SELECT 1; INSERT INTO t FORMAT CSV\n1,it's;\nBACKUP b DATA SINK s;\n",
      ["SELECT 1", "INSERT INTO t FORMAT CSV\n1,it's;\nBACKUP b DATA SINK s;\n"],
    ],
    [
      "with settings before FORMAT does too",
      "INSERT INTO t (format) SETTINGS a = ';' FORMAT JSONEachRow {\"a\":1};",
      ["INSERT INTO t (format) SETTINGS a = ';' FORMAT JSONEachRow {\"a\":1};"],
    ],
    [
      "that reads its rows with input does too",
      "INSERT INTO t SELECT a FROM input('a Int') FORMAT CSV 1;2",
      ["INSERT INTO t SELECT a FROM input('a Int') FORMAT CSV 1;2"],
    ],
    [
      "with a semicolon right behind the format has no rows",
      "INSERT INTO t FORMAT CSV; SELECT 2",
      ["INSERT INTO t FORMAT CSV", "SELECT 2"],
    ],
    ["with nothing behind the format has none either", "INSERT INTO t FORMAT CSV \n", ["INSERT INTO t FORMAT CSV"]],
    [
      "into a table named format ends where another does",
      "INSERT INTO format SELECT 1; SELECT 2",
      ["INSERT INTO format SELECT 1", "SELECT 2"],
    ],
    [
      "into a table named format may have a format",
      "INSERT INTO db.format FORMAT TSV 1;2",
      ["INSERT INTO db.format FORMAT TSV 1;2"],
    ],
  ])("%s", (_name, script, statements) => {
    expect(split(script)).toEqual(statements);
  });
});

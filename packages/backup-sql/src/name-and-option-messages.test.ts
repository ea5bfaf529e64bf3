import { describe, expect, test } from "vitest";
import { readout } from "../tests/one-statement.ts";

/** Scripts, and all that an operator then reads. */
describe("an error about names, objects and options says what was found and what was expected", () => {
  test.each<readonly [script: string, lines: readonly string[]]>([
    [
      "CREATE BACKUP b DATA SINK s OBJECTS (TABEL = a.b)",
      [
        "line 1, column 38: TABEL is not a type of object: did you mean TABLE?",
        "  1 | CREATE BACKUP b DATA SINK s OBJECTS (TABEL = a.b)",
        "    |                                      ^^^^^",
        "hint: Object types are ALL, CONTEXT, CREDENTIAL, DATA SINK, DATA SOURCE, FUNCTION, FUNCTION ENVIRONMENT, PROCEDURE, RESOURCE GROUP, ROLE, STREAM, TABLE and USER.",
      ],
    ],
    [
      "CREATE BACKUP b DATA SINK s OBJECTS (a.b)",
      [
        "line 1, column 38: expected the type of the object, as in TABLE = a.b",
        "  1 | CREATE BACKUP b DATA SINK s OBJECTS (a.b)",
        "    |                                      ^^^",
        "hint: Object types are ALL, CONTEXT, CREDENTIAL, DATA SINK, DATA SOURCE, FUNCTION, FUNCTION ENVIRONMENT, PROCEDURE, RESOURCE GROUP, ROLE, STREAM, TABLE and USER.",
      ],
    ],
    [
      "CREATE BACKUP b DATA SINK s OBJECTS (TABLE = a.*)",
      [
        "line 1, column 48: expected a name, found *",
        "  1 | CREATE BACKUP b DATA SINK s OBJECTS (TABLE = a.*)",
        "    |                                                ^",
      ],
    ],
    [
      "CREATE BACKUP b DATA SINK s OBJECTS (TABLE = a b)",
      [
        'line 1, column 48: expected "," or ")", found b',
        "  1 | CREATE BACKUP b DATA SINK s OBJECTS (TABLE = a b)",
        "    |                                                ^",
      ],
    ],
    [
      "CREATE BACKUP b DATA SINK s OBJECTS ()",
      [
        "line 1, column 38: expected an object, found )",
        "  1 | CREATE BACKUP b DATA SINK s OBJECTS ()",
        "    |                                      ^",
      ],
    ],
    [
      "BACKUP b DATA SINK s WITH OPTIONS (CHECKSUM)",
      [
        'line 1, column 44: expected "=", found )',
        "  1 | BACKUP b DATA SINK s WITH OPTIONS (CHECKSUM)",
        "    |                                            ^",
      ],
    ],
    [
      "BACKUP b DATA SINK s WITH OPTIONS (CHECKSUM = true,)",
      [
        "line 1, column 52: expected the name of an option, found )",
        "  1 | BACKUP b DATA SINK s WITH OPTIONS (CHECKSUM = true,)",
        "    |                                                    ^",
      ],
    ],
    [
      "BACKUP b DATA SINK s WITH OPTIONS (CHEKSUM = true)",
      [
        "line 1, column 36: incremental BACKUP has no option CHEKSUM: did you mean CHECKSUM?",
        "  1 | BACKUP b DATA SINK s WITH OPTIONS (CHEKSUM = true)",
        "    |                                    ^^^^^^^",
        "hint: It takes CHECKSUM, COMMENT, DDL_ONLY, DRY_RUN, MAX_INCREMENTAL_BACKUPS_TO_KEEP and BLOCK_TABLE_MUTATIONS.",
      ],
    ],
    [
      "BACKUP b DATA SINK s WITH OPTIONS (DELETE_INTERMEDIATE_BACKUPS = true)",
      [
        "line 1, column 36: DELETE_INTERMEDIATE_BACKUPS is an option of differential BACKUP, not of incremental BACKUP",
        "  1 | BACKUP b DATA SINK s WITH OPTIONS (DELETE_INTERMEDIATE_BACKUPS = true)",
        "    |                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        "hint: It takes CHECKSUM, COMMENT, DDL_ONLY, DRY_RUN, MAX_INCREMENTAL_BACKUPS_TO_KEEP and BLOCK_TABLE_MUTATIONS.",
      ],
    ],
    [
      "ALTER BACKUP b DATA SINK s PURGE 5 WITH OPTIONS (COMMENT = 'c')",
      [
        "line 1, column 50: COMMENT is an option of CREATE BACKUP, incremental BACKUP, differential BACKUP and ALTER BACKUP with MERGE, not of ALTER BACKUP with PURGE",
        "  1 | ALTER BACKUP b DATA SINK s PURGE 5 WITH OPTIONS (COMMENT = 'c')",
        "    |                                                  ^^^^^^^",
        "hint: It takes DRY_RUN.",
      ],
    ],
    [
      "BACKUP b DATA SINK s WITH OPTIONS (COMMENT = 'it's')",
      [
        'line 1, column 50: expected "," or ")", found s',
        "  1 | BACKUP b DATA SINK s WITH OPTIONS (COMMENT = 'it's')",
        "    |                                                  ^",
        "hint: A quote inside of a text is written twice: 'it''s'.",
      ],
    ],
    [
      "BACKUP b DATA SINK s WITH OPTIONS (COMMENT = 'weekly)",
      [
        "line 1, column 46: a text without an end begins here",
        "  1 | BACKUP b DATA SINK s WITH OPTIONS (COMMENT = 'weekly)",
        "    |                                              ^",
        "hint: A quote inside of a text is written twice: 'it''s'.",
      ],
    ],
    [
      'BACKUP "b DATA SINK s',
      [
        "line 1, column 8: a name without an end begins here",
        '  1 | BACKUP "b DATA SINK s',
        "    |        ^",
        'hint: A quote inside of a quoted name is written twice: "a ""b""".',
      ],
    ],
    [
      "BACKUP b DATA SINK s /* /* x */",
      [
        "line 1, column 22: a comment without an end begins here",
        "  1 | BACKUP b DATA SINK s /* /* x */",
        "    |                      ^^",
        "hint: Comments nest: each /* needs a */ of its own.",
      ],
    ],
    [
      "BACKUP my-orders DATA SINK s",
      [
        "line 1, column 10: expected TYPE, DATA SINK or WITH OPTIONS, found -",
        "  1 | BACKUP my-orders DATA SINK s",
        "    |          ^",
        "hint: What holds more than letters, digits and _ stands in quotes: single ones for a text, double ones for a name.",
      ],
    ],
    [
      'DROP BACKUP "a*b" DATA SINK s',
      [
        "line 1, column 13: a star stands only at the end of a name",
        '  1 | DROP BACKUP "a*b" DATA SINK s',
        "    |             ^^^^^",
        'hint: Say "prefix*" for all that begin so.',
      ],
    ],
    [
      "DROP BACKUP conf* DATA SINK s",
      [
        "line 1, column 17: expected DATA SINK or WITH OPTIONS, found *",
        "  1 | DROP BACKUP conf* DATA SINK s",
        "    |                 ^",
        'hint: Say "prefix*" for all that begin so.',
      ],
    ],
    [
      "BACKUP * DATA SINK s",
      ["line 1, column 8: * is not the name of a backup", "  1 | BACKUP * DATA SINK s", "    |        ^"],
    ],
    [
      'CREATE BACKUP "" DATA SINK s.b OBJECTS (ALL = x)',
      [
        "line 1, column 15: a name has at least one character",
        '  1 | CREATE BACKUP "" DATA SINK s.b OBJECTS (ALL = x)',
        "    |               ^^",
      ],
    ],
    [
      "BACKUP ops.b DATA SINK s",
      [
        "line 1, column 8: the name of a backup stands alone, without a schema before it",
        "  1 | BACKUP ops.b DATA SINK s",
        "    |        ^^^^^",
        "hint: Put a name that holds a dot in double quotes.",
      ],
    ],
    [
      "CREATE CREDENTIAL c TYPE = 'aws'",
      [
        "line 1, column 28: TYPE takes 'aws_access_key', 'aws_iam_role', 'azure_ad', 'azure_oauth', 'azure_sas', 'azure_storage_key', 'confluent', 'docker', 'gcs_service_account_id', 'gcs_service_account_keys', 'hdfs', 'jdbc', 'kafka', 'nvidia_api_key' or 'openai_api_key', not 'aws'",
        "  1 | CREATE CREDENTIAL c TYPE = 'aws'",
        "    |                            ^^^^^",
      ],
    ],
    [
      "CREATE DATA SINK s LOCATION = S3://host",
      [
        "line 1, column 33: expected WITH OPTIONS or the end of the statement, found text that is not shown",
        "  1 | CREATE DATA SINK s LOCATION = S3***",
        "    |                                 ^^^",
        "hint: What holds more than letters, digits and _ stands in quotes: single ones for a text, double ones for a name.",
      ],
    ],
    [
      "VERIFY orders",
      ["line 1, column 8: expected BACKUP, found orders", "  1 | VERIFY orders", "    |        ^^^^^^"],
    ],
    [
      "CREATE DATA STREAM s",
      [
        "line 1, column 13: expected SINK or SOURCE, found STREAM",
        "  1 | CREATE DATA STREAM s",
        "    |             ^^^^^^",
      ],
    ],
    [
      "DROP SCHEMA s RESTRICT",
      [
        "line 1, column 15: expected CASCADE or the end of the statement, found RESTRICT",
        "  1 | DROP SCHEMA s RESTRICT",
        "    |               ^^^^^^^^",
      ],
    ],
  ])("%s", (script, lines) => {
    expect(readout(script)).toBe(lines.join("\n"));
  });
});

import { describe, expect, test } from "vitest";
import { readout } from "../tests/one-statement.ts";

/** Scripts, and all that an operator then reads. */
describe("an error about the parts of a statement says what was found and what was expected", () => {
  test.each<readonly [script: string, lines: readonly string[]]>([
    [
      "BACKUP orders\n  DATASINK = ops.s3",
      [
        "line 2, column 3: expected TYPE, DATA SINK or WITH OPTIONS, found DATASINK: did you mean DATA SINK?",
        "  2 |   DATASINK = ops.s3",
        "    |   ^^^^^^^^",
      ],
    ],
    [
      "BACKUP orders DATA SNIK = s3",
      [
        "line 1, column 20: expected SINK, found SNIK: did you mean SINK?",
        "  1 | BACKUP orders DATA SNIK = s3",
        "    |                    ^^^^",
      ],
    ],
    [
      "BACKUP",
      [
        "line 1, column 7: expected the name of a backup, found the end of the statement",
        "  1 | BACKUP",
        "    |       ^",
      ],
    ],
    [
      "BACKUP b DATA SINK = ; SELECT 1",
      [
        "line 1, column 21: expected a name, found the end of the statement",
        "  1 | BACKUP b DATA SINK =",
        "    |                     ^",
      ],
    ],
    [
      "CREATE BACKUP b",
      [
        "line 1, column 16: CREATE BACKUP needs DATA SINK and OBJECTS",
        "  1 | CREATE BACKUP b",
        "    |                ^",
      ],
    ],
    [
      "BACKUP b DATA SINK s OBJECTS (TABLE = a)",
      [
        "line 1, column 22: OBJECTS does not belong to BACKUP",
        "  1 | BACKUP b DATA SINK s OBJECTS (TABLE = a)",
        "    |                      ^^^^^^^",
        "hint: A snapshot is of the objects that were named when the backup was created.",
      ],
    ],
    [
      "RESTORE BACKUP b DATA SINK s OBJECTS (ALL = x)",
      [
        "line 1, column 18: DATA SINK does not belong to RESTORE BACKUP",
        "  1 | RESTORE BACKUP b DATA SINK s OBJECTS (ALL = x)",
        "    |                  ^^^^^^^^^",
        "hint: Backups are read through a data source: DATA SOURCE = name.",
        "line 1, column 47: RESTORE BACKUP needs DATA SOURCE",
        "  1 | RESTORE BACKUP b DATA SINK s OBJECTS (ALL = x)",
        "    |                                               ^",
      ],
    ],
    [
      "BACKUP b DATA SINK s DATA SINK = t",
      [
        "line 1, column 22: DATA SINK is given twice",
        "  1 | BACKUP b DATA SINK s DATA SINK = t",
        "    |                      ^^^^^^^^^",
      ],
    ],
    [
      "ALTER BACKUP b DATA SINK s",
      [
        "line 1, column 27: ALTER BACKUP needs MERGE, PURGE or SET",
        "  1 | ALTER BACKUP b DATA SINK s",
        "    |                           ^",
      ],
    ],
    [
      "ALTER BACKUP b DATA SINK s MERGE PURGE 5",
      [
        "line 1, column 34: ALTER BACKUP does one of MERGE, PURGE and SET at a time",
        "  1 | ALTER BACKUP b DATA SINK s MERGE PURGE 5",
        "    |                                  ^^^^^",
      ],
    ],
    [
      "ALTER BACKUP b DATA SINK s MERGE nonsense",
      [
        "line 1, column 34: expected WITH OPTIONS or the end of the statement, found nonsense",
        "  1 | ALTER BACKUP b DATA SINK s MERGE nonsense",
        "    |                                  ^^^^^^^^",
      ],
    ],
    [
      "ALTER BACKUP b DATA SINK s PURGE newest",
      [
        "line 1, column 34: PURGE takes a snapshot id, a number of milliseconds, not newest",
        "  1 | ALTER BACKUP b DATA SINK s PURGE newest",
        "    |                                  ^^^^^^",
      ],
    ],
    [
      "CREATE OR REPLACE BACKUP b DATA SINK s OBJECTS (ALL = x)",
      [
        "line 1, column 8: OR REPLACE does not belong to CREATE BACKUP",
        "  1 | CREATE OR REPLACE BACKUP b DATA SINK s OBJECTS (ALL = x)",
        "    |        ^^^^^^^^^^",
        "hint: To replace a backup of that name, say WITH OPTIONS (RECREATE = true).",
      ],
    ],
    [
      "DROP BACKUP IF EXISTS b DATA SINK s",
      [
        "line 1, column 13: IF EXISTS does not belong to DROP BACKUP",
        "  1 | DROP BACKUP IF EXISTS b DATA SINK s",
        "    |             ^^^^^^^^^",
        "hint: To pass over a backup that is not there, say WITH OPTIONS (NO_ERROR_IF_NOT_EXISTS = true).",
      ],
    ],
    [
      "CREATE BACKUP b TYPE = 'incremental' DATA SINK s OBJECTS (ALL = x)",
      [
        "line 1, column 24: TYPE takes 'full', not 'incremental'",
        "  1 | CREATE BACKUP b TYPE = 'incremental' DATA SINK s OBJECTS (ALL = x)",
        "    |                        ^^^^^^^^^^^^^",
        "hint: CREATE BACKUP takes the full snapshot; later ones are taken with BACKUP.",
      ],
    ],
    [
      "BACKUP b TYPE = 'full' DATA SINK s",
      [
        "line 1, column 17: TYPE takes 'incremental' or 'differential', not 'full'",
        "  1 | BACKUP b TYPE = 'full' DATA SINK s",
        "    |                 ^^^^^^",
        "hint: A full snapshot is taken with CREATE BACKUP.",
      ],
    ],
    [
      "BACKUP b DATA SINK s, WITH OPTIONS (DRY_RUN = true)",
      [
        "line 1, column 21: the clauses of BACKUP are not separated by commas",
        "  1 | BACKUP b DATA SINK s, WITH OPTIONS (DRY_RUN = true)",
        "    |                     ^",
      ],
    ],
  ])("%s", (script, lines) => {
    expect(readout(script)).toBe(lines.join("\n"));
  });
});

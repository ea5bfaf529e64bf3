import { test } from "vitest";
import { parseScript } from "./parse-script.ts";
import { printRedacted, printStatement } from "./print-statement.ts";
import { renderSqlError } from "./sql-syntax-error.ts";

const cases = [
  "CREATE BACKUP b DATA SINK = s OBJECTS (ALL = x)",
  "backup b data sink s",
  "CREATE BACKUP b DATASINK = s OBJECTS (ALL = x)",
  "BACKUP b\n  TYPE = 'full' DATA SINK = s",
  "BACKUP b DATA SNIK = s",
  "BACKUP b DATA SINK = ",
  "BACKUP",
  "BACKUP b DATA SINK s OBJECTS (TABLE = a)",
  "RESTORE BACKUP b DATA SOURCE s OBJECTS (TABEL = a.b) WITH OPTIONS (RESTOR_POLICY = rename, DELETE_ALL_BACKUPS = true, DRY_RUN = 1)",
  "CREATE CREDENTIAL c TYPE = 'aws_access_key', IDENTITY = 'AKIA', SECRTE = 'hunt'er2' x data y",
  "CREATE CREDENTIAL c TYPE = 'aws_access_keys', IDENTITY = 'AKIA', SECRET 'hunter2'",
  "CREATE DATA SINK s LOCATION = S3://host WITH OPTIONS (BUCKET NAME = 'b')",
  "CREATE OR REPLACE BACKUP b DATA SINK = s OBJECTS (ALL = x)",
  "CREATE BACKUP b WITH OPTIONS (COMMENT = 'it's', CHECKSUM = true)",
  'DROP BACKUP "co*nf" DATA SINK s',
  "ALTER BACKUP b DATA SINK s",
  "ALTER BACKUP b DATA SINK s MERGE PURGE 5",
  "CREATE BACKUP b /* x",
  "VERIFY x",
  "CREATE DATA SNK x",
  "DROP SCHEMA a.b",
  "DROP SCHEMA IF EXISTS if CASCADE",
  "SELECT 1; CREATE CREDENTIAL c TYPE = 'hdfs' SECRET = 'abc'; BACKUP b DATA SINK = s WITH OPTIONS (CHECKSUM = maybe)",
];
test("x", () => {
  for (const c of cases) {
    const r = parseScript(c);
    process.stdout.write(
      "\n>>> " +
        c +
        "\n" +
        (r.outcome === "accepted"
          ? r.statements
              .map(
                ({ statement }) =>
                  JSON.stringify(statement) + "\n" + printStatement(statement) + "\n" + printRedacted(statement),
              )
              .join("\n")
          : r.errors.map(renderSqlError).join("\n")) +
        "\n",
    );
  }
});

import type { OwnStatement } from "../ast/statement.ts";
import { buildBackupStatement } from "./build-backup-statement.ts";
import { buildCredentialStatement } from "./build-credential-statement.ts";
import { buildDataSinkStatement, buildDataSourceStatement } from "./build-data-statement.ts";
import type { StatementKind } from "./statement-forms.ts";
import type { StatementParts } from "./statement-parts.ts";

/** The tree of a statement, or undefined if a part that it needs is not there; the faults then say which. */
export function buildStatement(kind: StatementKind, parts: StatementParts): OwnStatement | undefined {
  switch (kind) {
    case "create-backup":
    case "take-snapshot":
    case "alter-backup":
    case "restore-backup":
    case "drop-backup":
    case "show-backup":
    case "describe-backup":
    case "verify-backup":
      return buildBackupStatement(kind, parts);
    case "create-data-sink":
    case "alter-data-sink":
    case "drop-data-sink":
    case "show-data-sink":
    case "describe-data-sink":
      return buildDataSinkStatement(kind, parts);
    case "create-data-source":
    case "alter-data-source":
    case "drop-data-source":
    case "show-data-source":
    case "describe-data-source":
      return buildDataSourceStatement(kind, parts);
    case "create-credential":
    case "alter-credential":
    case "drop-credential":
    case "show-credential":
    case "describe-credential":
      return buildCredentialStatement(kind, parts);
    case "create-schema": {
      const schema = parts.schemaName();
      return schema === undefined ? undefined : { kind, schema, ifNotExists: parts.has("IF NOT EXISTS") };
    }
    case "drop-schema": {
      const schema = parts.schemaName();
      const cascade = parts.clause("CASCADE") !== undefined;
      return schema === undefined ? undefined : { kind, schema, ifExists: parts.has("IF EXISTS"), cascade };
    }
  }
}

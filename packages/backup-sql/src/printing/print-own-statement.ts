import type { OwnStatement } from "../ast/statement.ts";
import type { Disclosure } from "./disclosure.ts";
import { printName } from "./literals.ts";
import { printBackupStatement } from "./print-backup-statement.ts";
import { printCredentialStatement } from "./print-credential-statement.ts";
import { printDataSinkStatement, printDataSourceStatement } from "./print-data-statement.ts";

export function printOwnStatement(statement: OwnStatement, disclosure: Disclosure): string {
  switch (statement.kind) {
    case "create-backup":
    case "take-snapshot":
    case "alter-backup":
    case "restore-backup":
    case "drop-backup":
    case "show-backup":
    case "describe-backup":
    case "verify-backup":
      return printBackupStatement(statement);
    case "create-data-sink":
    case "alter-data-sink":
    case "drop-data-sink":
    case "show-data-sink":
    case "describe-data-sink":
      return printDataSinkStatement(statement, disclosure);
    case "create-data-source":
    case "alter-data-source":
    case "drop-data-source":
    case "show-data-source":
    case "describe-data-source":
      return printDataSourceStatement(statement, disclosure);
    case "create-credential":
    case "alter-credential":
    case "drop-credential":
    case "show-credential":
    case "describe-credential":
      return printCredentialStatement(statement, disclosure);
    case "create-schema":
      return `CREATE SCHEMA ${statement.ifNotExists ? "IF NOT EXISTS " : ""}${printName(statement.schema)}`;
    case "drop-schema": {
      const cascade = statement.cascade ? " CASCADE" : "";
      return `DROP SCHEMA ${statement.ifExists ? "IF EXISTS " : ""}${printName(statement.schema)}${cascade}`;
    }
  }
}

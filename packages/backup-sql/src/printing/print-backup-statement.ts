import type { BackupObjects } from "../ast/backup-object.ts";
import type { BackupSelector } from "../ast/backup-selector.ts";
import type { AlterBackup, BackupStatement, TakeSnapshot } from "../ast/backup-statements.ts";
import type { QualifiedName } from "../ast/qualified-name.ts";
import * as Options from "../options/backup-options.ts";
import { printName, printQualifiedName } from "./literals.ts";
import { printAssignments, printOptions } from "./print-options.ts";

/** Statements about backups hold no secrets. */
export function printBackupStatement(statement: BackupStatement): string {
  switch (statement.kind) {
    case "create-backup": {
      const { backup, sink, objects } = statement;
      const options = printOptions(Options.CREATE_BACKUP_OPTIONS, statement.options, "whole");
      return `CREATE BACKUP ${printName(backup)} ${sinkClause(sink)} ${printObjects(objects)}${options}`;
    }
    case "take-snapshot":
      return printSnapshot(statement);
    case "alter-backup":
      return `ALTER BACKUP ${printName(statement.backup)} ${sinkClause(statement.sink)} ${printAction(statement)}`;
    case "restore-backup": {
      const { backup, source, objects } = statement;
      const options = printOptions(Options.RESTORE_BACKUP_OPTIONS, statement.options, "whole");
      return `RESTORE BACKUP ${printName(backup)} ${sourceClause(source)} ${printObjects(objects)}${options}`;
    }
    case "drop-backup": {
      const options = printOptions(Options.DROP_BACKUP_OPTIONS, statement.options, "whole");
      return `DROP BACKUP ${printSelector(statement.backups)} ${sinkClause(statement.sink)}${options}`;
    }
    case "show-backup":
      return `SHOW BACKUP ${printSelector(statement.backups)} ${sourceClause(statement.source)}`;
    case "describe-backup":
      return `DESCRIBE BACKUP ${printSelector(statement.backups)} ${sourceClause(statement.source)}`;
    case "verify-backup": {
      const options = printOptions(Options.VERIFY_BACKUP_OPTIONS, statement.options, "whole");
      return `VERIFY BACKUP ${printSelector(statement.backups)} ${sourceClause(statement.source)}${options}`;
    }
  }
}

const sinkClause = (sink: QualifiedName) => `DATA SINK = ${printQualifiedName(sink)}`;
const sourceClause = (source: QualifiedName) => `DATA SOURCE = ${printQualifiedName(source)}`;

function printSnapshot(statement: TakeSnapshot): string {
  const head = `BACKUP ${printName(statement.backup)}`;
  const sink = sinkClause(statement.sink);
  if (statement.type === "incremental") {
    return `${head} ${sink}${printOptions(Options.INCREMENTAL_OPTIONS, statement.options, "whole")}`;
  }
  const options = printOptions(Options.DIFFERENTIAL_OPTIONS, statement.options, "whole");
  return `${head} TYPE = 'differential' ${sink}${options}`;
}

function printAction(statement: AlterBackup): string {
  switch (statement.action) {
    case "merge":
      return `MERGE${printOptions(Options.MERGE_OPTIONS, statement.options, "whole")}`;
    case "purge":
      return `PURGE ${statement.snapshotId}${printOptions(Options.ALTER_BACKUP_OPTIONS, statement.options, "whole")}`;
    case "set": {
      const settings = printAssignments(Options.BACKUP_SETTINGS, statement.settings, "whole");
      return `SET ${settings}${printOptions(Options.ALTER_BACKUP_OPTIONS, statement.options, "whole")}`;
    }
  }
}

function printObjects(objects: BackupObjects): string {
  return `OBJECTS (${objects.map(({ type, name }) => `${type} = ${printQualifiedName(name)}`).join(", ")})`;
}

function printSelector(selector: BackupSelector): string {
  switch (selector.kind) {
    case "all":
      return "*";
    case "named":
      return printName(selector.name);
    case "prefixed":
      return printName(`${selector.prefix}*`);
  }
}

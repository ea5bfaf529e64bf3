import type { BackupStatement } from "./backup-statements.ts";
import type { CredentialStatement } from "./credential-statements.ts";
import type { DataSinkStatement } from "./data-sink-statements.ts";
import type { DataSourceStatement } from "./data-source-statements.ts";
import type { SchemaStatement } from "./schema-statements.ts";

/**
 * A statement for the engine: its text as it stands in the script, without the semicolon, spaces and comments around it. An
 * INSERT ... FORMAT holds its rows, up to the end of the script.
 */
export type ForeignStatement = { readonly kind: "foreign"; readonly text: string };

/** A statement of the backup dialect. */
export type OwnStatement =
  | BackupStatement
  | DataSinkStatement
  | DataSourceStatement
  | CredentialStatement
  | SchemaStatement;

export type Statement = OwnStatement | ForeignStatement;

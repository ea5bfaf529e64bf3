import type {
  AlterCredential,
  CreateCredential,
  CredentialStatement,
  DescribeCredential,
  DropCredential,
  ShowCredential,
} from "@snapdeck/backup-sql/ast/credential-statements";
import type {
  AlterDataSink,
  CreateDataSink,
  DataSinkStatement,
  DescribeDataSink,
  DropDataSink,
  ShowDataSink,
} from "@snapdeck/backup-sql/ast/data-sink-statements";
import type {
  AlterDataSource,
  CreateDataSource,
  DataSourceStatement,
  DescribeDataSource,
  DropDataSource,
  ShowDataSource,
} from "@snapdeck/backup-sql/ast/data-source-statements";
import type { ObjectSelector } from "@snapdeck/backup-sql/ast/object-selector";
import type { Statement } from "@snapdeck/backup-sql/ast/statement";

/** Each kind has names of its own: a sink and a source may be called the same. */
export const CONNECTION_KINDS = ["credential", "data-sink", "data-source"] as const;
export type ConnectionKind = (typeof CONNECTION_KINDS)[number];

export type ConnectionStatement = CredentialStatement | DataSinkStatement | DataSourceStatement;
export type CreateConnection = CreateCredential | CreateDataSink | CreateDataSource;
export type AlterConnection = AlterCredential | AlterDataSink | AlterDataSource;
export type DropConnection = DropCredential | DropDataSink | DropDataSource;
export type ShowConnection = ShowCredential | ShowDataSink | ShowDataSource;
export type DescribeConnection = DescribeCredential | DescribeDataSink | DescribeDataSource;

/** What a kind is called, in messages and in OBJECTS. */
export const WORDS_OF = {
  credential: { one: "credential", many: "credentials", objectType: "CREDENTIAL" },
  "data-sink": { one: "data sink", many: "data sinks", objectType: "DATA SINK" },
  "data-source": { one: "data source", many: "data sources", objectType: "DATA SOURCE" },
} as const satisfies Record<ConnectionKind, { one: string; many: string; objectType: string }>;

/** The kind that a statement is about; undefined for statements about anything else. */
export function kindOf(statement: ConnectionStatement): ConnectionKind;
export function kindOf(statement: Statement): ConnectionKind | undefined;
export function kindOf({ kind }: Statement): ConnectionKind | undefined {
  return CONNECTION_KINDS.find((each) => kind.endsWith(`-${each}`));
}

export function isConnectionStatement(statement: Statement): statement is ConnectionStatement {
  return kindOf(statement) !== undefined;
}

export function isCreateConnection(statement: Statement): statement is CreateConnection {
  return isConnectionStatement(statement) && statement.kind.startsWith("create-");
}

/** Which ones a statement that drops or reads means. */
export function selectorOf(statement: DropConnection | ShowConnection | DescribeConnection): ObjectSelector {
  switch (statement.kind) {
    case "drop-credential":
    case "show-credential":
    case "describe-credential":
      return statement.credentials;
    case "show-data-sink":
    case "describe-data-sink":
      return statement.sinks;
    case "show-data-source":
    case "describe-data-source":
      return statement.sources;
    case "drop-data-sink":
    case "drop-data-source":
      return { kind: "named", name: statement.name };
  }
}

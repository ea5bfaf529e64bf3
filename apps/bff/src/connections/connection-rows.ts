import { DATA_SINK_OPTIONS, DATA_SOURCE_OPTIONS } from "@snapdeck/backup-sql/options/connection-options";
import { CREDENTIAL_OPTIONS } from "@snapdeck/backup-sql/options/credential-options";
import { printRedacted } from "@snapdeck/backup-sql/print-statement";
import { MASK, redactLocation } from "@snapdeck/backup-sql/printing/disclosure";
import { printText } from "@snapdeck/backup-sql/printing/literals";
import { printAssignments } from "@snapdeck/backup-sql/printing/print-options";
import { MAX_SQL_ROWS, type SqlRows, type SqlValue } from "@snapdeck/contract/sql";
import { type ConnectionKind, type CreateConnection, WORDS_OF } from "./connection-kind.ts";
import { shownName } from "./connection-name.ts";
import { knownProviderOf } from "./provider.ts";
import type { StoredConnection } from "./stored-connection.ts";

const DESCRIBED_COLUMNS: Record<ConnectionKind, readonly string[]> = {
  credential: ["CREDENTIAL_NAME", "CREDENTIAL_TYPE", "CREDENTIAL_IDENTITY", "CREDENTIAL_OPTIONS"],
  "data-sink": ["DATA_SINK", "STORAGE_PROVIDER_TYPE", "ADDITIONAL_INFO"],
  "data-source": ["DATA_SOURCE", "STORAGE_PROVIDER_TYPE", "ADDITIONAL_INFO"],
};

const UNREADABLE = "cannot be read: it was sealed with a key that is not here";

/** One column: the statements that make them, their secrets masked. */
export function shownRows(connections: readonly StoredConnection[]): SqlRows {
  return rowsOf(["DDL"], connections, ({ kind, definition, ...name }) => [
    definition === undefined ? `-- ${WORDS_OF[kind].one} ${shownName(name)} ${UNREADABLE}` : printRedacted(definition),
  ]);
}

/** One row each, without passwords, keys and tokens. */
export function describedRows(kind: ConnectionKind, connections: readonly StoredConnection[]): SqlRows {
  return rowsOf(DESCRIBED_COLUMNS[kind], connections, ({ definition, schema, name }) => {
    const columns = definition === undefined ? [null, null, null] : described(definition);
    const shown = columns.slice(0, DESCRIBED_COLUMNS[kind].length - 1);
    return [`${schema}.${name}`, ...(definition === undefined ? [...shown.slice(1), UNREADABLE] : shown)];
  });
}

function described(definition: CreateConnection): SqlValue[] {
  switch (definition.kind) {
    case "create-credential": {
      const options = printAssignments(CREDENTIAL_OPTIONS, definition.options, "redacted");
      return [definition.type, definition.identity ?? null, options];
    }
    case "create-data-sink":
      return located(definition.location, [printAssignments(DATA_SINK_OPTIONS, definition.options, "redacted")]);
    case "create-data-source": {
      const { user, password, options } = definition;
      const own = [user === undefined ? "" : `USER = '${MASK}'`, password === undefined ? "" : `PASSWORD = '${MASK}'`];
      return located(definition.location, [...own, printAssignments(DATA_SOURCE_OPTIONS, options, "redacted")]);
    }
  }
}

function located(location: string, info: readonly string[]): SqlValue[] {
  const all = [`LOCATION = ${printText(redactLocation(location))}`, ...info];
  return [knownProviderOf(location) ?? null, all.filter((each) => each !== "").join(", ")];
}

function rowsOf(
  columns: readonly string[],
  connections: readonly StoredConnection[],
  row: (connection: StoredConnection) => SqlValue[],
): SqlRows {
  return {
    columns: [...columns],
    rows: connections.slice(0, MAX_SQL_ROWS).map(row),
    isCut: connections.length > MAX_SQL_ROWS,
  };
}

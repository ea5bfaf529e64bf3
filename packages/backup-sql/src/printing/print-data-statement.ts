import type { DataSinkStatement } from "../ast/data-sink-statements.ts";
import type { DataSourceStatement } from "../ast/data-source-statements.ts";
import type { ObjectSelector } from "../ast/object-selector.ts";
import * as Options from "../options/connection-options.ts";
import { type Disclosure, MASK, redactLocation } from "./disclosure.ts";
import { printQualifiedName, printText } from "./literals.ts";
import { printAssignments, printOptions } from "./print-options.ts";

export function printDataSinkStatement(statement: DataSinkStatement, disclosure: Disclosure): string {
  switch (statement.kind) {
    case "create-data-sink": {
      const head = `${printCreate(statement.orReplace)} DATA SINK ${printQualifiedName(statement.name)}`;
      const options = printOptions(Options.DATA_SINK_OPTIONS, statement.options, disclosure);
      return `${head} ${printLocation(statement.location, disclosure)}${options}`;
    }
    case "alter-data-sink": {
      const properties = printAssignments(Options.DATA_SINK_PROPERTIES, statement.properties, disclosure);
      return `ALTER DATA SINK ${printQualifiedName(statement.name)} SET PROPERTY ${properties}`;
    }
    case "drop-data-sink":
      return `DROP DATA SINK ${printQualifiedName(statement.name)}`;
    case "show-data-sink":
      return `SHOW DATA SINK ${printObjectSelector(statement.sinks)}`;
    case "describe-data-sink":
      return `DESCRIBE DATA SINK ${printObjectSelector(statement.sinks)}`;
  }
}

export function printDataSourceStatement(statement: DataSourceStatement, disclosure: Disclosure): string {
  switch (statement.kind) {
    case "create-data-source": {
      const head = `${printCreate(statement.orReplace)} DATA SOURCE ${printQualifiedName(statement.name)}`;
      const user = printSecret("USER", statement.user, disclosure);
      const password = printSecret("PASSWORD", statement.password, disclosure);
      const options = printOptions(Options.DATA_SOURCE_OPTIONS, statement.options, disclosure);
      return `${head} ${printLocation(statement.location, disclosure)}${user}${password}${options}`;
    }
    case "alter-data-source": {
      const properties = printAssignments(Options.DATA_SOURCE_PROPERTIES, statement.properties, disclosure);
      return `ALTER DATA SOURCE ${printQualifiedName(statement.name)} SET PROPERTY ${properties}`;
    }
    case "drop-data-source":
      return `DROP DATA SOURCE ${printQualifiedName(statement.name)}`;
    case "show-data-source":
      return `SHOW DATA SOURCE ${printObjectSelector(statement.sources)}`;
    case "describe-data-source":
      return `DESCRIBE DATA SOURCE ${printObjectSelector(statement.sources)}`;
  }
}

export function printObjectSelector(selector: ObjectSelector): string {
  return selector.kind === "all" ? "*" : printQualifiedName(selector.name);
}

export function printCreate(orReplace: boolean): string {
  return orReplace ? "CREATE OR REPLACE" : "CREATE";
}

/** A clause with a secret, and a space before it, or nothing where it is not given. */
export function printSecret(clause: string, value: string | undefined, disclosure: Disclosure): string {
  if (value === undefined) return "";
  return ` ${clause} = ${printText(disclosure === "redacted" ? MASK : value)}`;
}

function printLocation(location: string, disclosure: Disclosure): string {
  return `LOCATION = ${printText(disclosure === "redacted" ? redactLocation(location) : location)}`;
}

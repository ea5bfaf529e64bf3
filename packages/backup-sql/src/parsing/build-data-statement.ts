import type { DataSinkStatement } from "../ast/data-sink-statements.ts";
import type { DataSourceStatement } from "../ast/data-source-statements.ts";
import * as Options from "../options/connection-options.ts";
import type { StatementParts } from "./statement-parts.ts";

export function buildDataSinkStatement(
  kind: DataSinkStatement["kind"],
  parts: StatementParts,
): DataSinkStatement | undefined {
  switch (kind) {
    case "create-data-sink": {
      const [name, location] = [parts.name(), parts.text("LOCATION")];
      const options = parts.options(Options.DATA_SINK_OPTIONS);
      if (name === undefined || location === undefined) return undefined;
      return { kind, name, orReplace: parts.has("OR REPLACE"), location, options };
    }
    case "alter-data-sink": {
      const name = parts.name();
      const properties = parts.options(Options.DATA_SINK_PROPERTIES, { clause: "SET" });
      return name && { kind, name, properties };
    }
    case "drop-data-sink": {
      const name = parts.name();
      return name && { kind, name };
    }
    case "show-data-sink":
    case "describe-data-sink": {
      const sinks = parts.objectSelector();
      return sinks && { kind, sinks };
    }
  }
}

export function buildDataSourceStatement(
  kind: DataSourceStatement["kind"],
  parts: StatementParts,
): DataSourceStatement | undefined {
  switch (kind) {
    case "create-data-source": {
      const [name, location] = [parts.name(), parts.text("LOCATION")];
      const [user, password] = [parts.text("USER"), parts.text("PASSWORD")];
      const options = parts.options(Options.DATA_SOURCE_OPTIONS);
      if (name === undefined || location === undefined) return undefined;
      const access = { ...(user === undefined ? {} : { user }), ...(password === undefined ? {} : { password }) };
      return { kind, name, orReplace: parts.has("OR REPLACE"), location, ...access, options };
    }
    case "alter-data-source": {
      const name = parts.name();
      const properties = parts.options(Options.DATA_SOURCE_PROPERTIES, { clause: "SET" });
      return name && { kind, name, properties };
    }
    case "drop-data-source": {
      const name = parts.name();
      return name && { kind, name };
    }
    case "show-data-source":
    case "describe-data-source": {
      const sources = parts.objectSelector();
      return sources && { kind, sources };
    }
  }
}

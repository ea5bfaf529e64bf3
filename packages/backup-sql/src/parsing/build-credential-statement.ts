import type { CredentialStatement } from "../ast/credential-statements.ts";
import { CREDENTIAL_OPTIONS, CREDENTIAL_PROPERTIES, CREDENTIAL_TYPES } from "../options/credential-options.ts";
import type { StatementParts } from "./statement-parts.ts";

export function buildCredentialStatement(
  kind: CredentialStatement["kind"],
  parts: StatementParts,
): CredentialStatement | undefined {
  switch (kind) {
    case "create-credential": {
      const [name, type] = [parts.name(), parts.type(CREDENTIAL_TYPES)];
      const [identity, secret] = [parts.text("IDENTITY"), parts.text("SECRET")];
      const options = parts.options(CREDENTIAL_OPTIONS);
      if (name === undefined || type === undefined) return undefined;
      const access = { ...(identity === undefined ? {} : { identity }), ...(secret === undefined ? {} : { secret }) };
      return { kind, name, orReplace: parts.has("OR REPLACE"), type, ...access, options };
    }
    case "alter-credential": {
      const name = parts.name();
      const properties = parts.options(CREDENTIAL_PROPERTIES, { clause: "SET" });
      return name && { kind, name, properties };
    }
    case "drop-credential":
    case "show-credential":
    case "describe-credential": {
      const credentials = parts.objectSelector();
      return credentials && { kind, credentials };
    }
  }
}

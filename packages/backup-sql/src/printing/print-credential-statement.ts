import type { CredentialStatement } from "../ast/credential-statements.ts";
import { CREDENTIAL_OPTIONS, CREDENTIAL_PROPERTIES } from "../options/credential-options.ts";
import type { Disclosure } from "./disclosure.ts";
import { printQualifiedName, printText } from "./literals.ts";
import { printCreate, printObjectSelector, printSecret } from "./print-data-statement.ts";
import { printAssignments, printOptions } from "./print-options.ts";

export function printCredentialStatement(statement: CredentialStatement, disclosure: Disclosure): string {
  switch (statement.kind) {
    case "create-credential": {
      const head = `${printCreate(statement.orReplace)} CREDENTIAL ${printQualifiedName(statement.name)}`;
      const identity = printSecret("IDENTITY", statement.identity, disclosure);
      const secret = printSecret("SECRET", statement.secret, disclosure);
      // The vendor's examples put commas between these clauses, and none before WITH OPTIONS.
      const clauses = ` TYPE = ${printText(statement.type)}${identity && `,${identity}`}${secret && `,${secret}`}`;
      return `${head}${clauses}${printOptions(CREDENTIAL_OPTIONS, statement.options, disclosure)}`;
    }
    case "alter-credential": {
      const properties = printAssignments(CREDENTIAL_PROPERTIES, statement.properties, disclosure);
      return `ALTER CREDENTIAL ${printQualifiedName(statement.name)} SET PROPERTY ${properties}`;
    }
    case "drop-credential":
      return `DROP CREDENTIAL ${printObjectSelector(statement.credentials)}`;
    case "show-credential":
      return `SHOW CREDENTIAL ${printObjectSelector(statement.credentials)}`;
    case "describe-credential":
      return `DESCRIBE CREDENTIAL ${printObjectSelector(statement.credentials)}`;
  }
}

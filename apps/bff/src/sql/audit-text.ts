import type { Statement } from "@snapdeck/backup-sql/ast/statement";
import { printRedacted } from "@snapdeck/backup-sql/print-statement";

/** So much of a statement is written to the audit trail, in UTF-16 units: enough to see what was done to what. */
const MAX_CHARS = 500;

/** A statement for the audit trail: without secrets, on one line, and no longer than anybody reads. */
export function auditText(statement: Statement): string {
  return limited(printRedacted(statement).replace(/\s+/g, " ").trim());
}

function limited(text: string): string {
  return text.length <= MAX_CHARS ? text : `${text.slice(0, MAX_CHARS)}...`;
}

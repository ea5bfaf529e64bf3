import { enumerate } from "../errors/enumerate.ts";
import type { Faults } from "../errors/faults.ts";
import type { Span } from "../span.ts";
import type { ClauseName, RawStatement } from "./raw-statement.ts";
import { ACTIONS, STATEMENT_FORMS, type StatementForm } from "./statement-forms.ts";

/** Adds a fault for each clause that is missing, given twice or not of this statement, and for words that are not. */
export function checkShape(raw: RawStatement, faults: Faults): void {
  const form = STATEMENT_FORMS[raw.kind];
  checkFlags(raw, form, faults);
  const seen = new Set<ClauseName>();
  for (const { clause, span } of raw.clauses) {
    if (faults.isFull) return;
    if (!form.clauses.includes(clause)) addMisplaced(clause, span, form, faults);
    else if (seen.has(clause)) addClause(`${clause} is given twice`, span, [], faults);
    else if (ACTIONS.includes(clause) && raw.kind === "alter-backup" && ACTIONS.some((action) => seen.has(action)))
      addClause("ALTER BACKUP does one of MERGE, PURGE and SET at a time", span, [], faults);
    seen.add(clause);
  }
  for (const span of raw.kind === "create-credential" ? [] : raw.commas) {
    addClause(`the clauses of ${form.title} are not separated by commas`, span, [], faults);
  }
  const missing = form.required.filter((clause) => !seen.has(clause));
  if (missing.length > 0) addMissing(missing, "and", form, faults);
  if (raw.kind === "alter-backup" && !ACTIONS.some((action) => seen.has(action)))
    addMissing(ACTIONS, "or", form, faults);
}

function checkFlags({ kind, flags }: RawStatement, form: StatementForm, faults: Faults): void {
  for (const { name, span } of flags) {
    if (form.flags.includes(name)) continue;
    const hint = FLAG_HINTS.get(`${name} ${kind}`);
    const message = `${name} does not belong to ${form.title}`;
    faults.add({ code: "clause", message, ...(hint === undefined ? {} : { hint }), found: name, expected: [], span });
  }
}

const FLAG_HINTS = new Map([
  ["OR REPLACE create-backup", "To replace a backup of that name, say WITH OPTIONS (RECREATE = true)."],
  [
    "IF EXISTS drop-backup",
    "To pass over a backup that is not there, say WITH OPTIONS (NO_ERROR_IF_NOT_EXISTS = true).",
  ],
]);

const CLAUSE_HINTS = new Map([
  ["BACKUP OBJECTS", "A snapshot is of the objects that were named when the backup was created."],
  ["DROP BACKUP DATA SOURCE", "Backups are removed through a data sink: DATA SINK = name."],
  ["RESTORE BACKUP DATA SINK", "Backups are read through a data source: DATA SOURCE = name."],
  ["SHOW BACKUP DATA SINK", "Backups are read through a data source: DATA SOURCE = name."],
  ["DESCRIBE BACKUP DATA SINK", "Backups are read through a data source: DATA SOURCE = name."],
  ["VERIFY BACKUP DATA SINK", "Backups are read through a data source: DATA SOURCE = name."],
  ["CREATE BACKUP DATA SOURCE", "Backups are written through a data sink: DATA SINK = name."],
  ["BACKUP DATA SOURCE", "Backups are written through a data sink: DATA SINK = name."],
  ["ALTER BACKUP DATA SOURCE", "Backups are written through a data sink: DATA SINK = name."],
  ["ALTER DATA SINK WITH OPTIONS", "Options are changed with SET PROPERTY."],
  ["ALTER DATA SOURCE WITH OPTIONS", "Options are changed with SET PROPERTY."],
  ["ALTER CREDENTIAL WITH OPTIONS", "Options are changed with SET PROPERTY."],
]);

function addMissing(
  missing: readonly ClauseName[],
  conjunction: "and" | "or",
  form: StatementForm,
  faults: Faults,
): void {
  addClause(`${form.title} needs ${enumerate(missing, conjunction)}`, faults.source.end, missing, faults);
}

function addMisplaced(clause: ClauseName, span: Span, { title, clauses }: StatementForm, faults: Faults): void {
  const hint = CLAUSE_HINTS.get(`${title} ${clause}`);
  addClause(`${clause} does not belong to ${title}`, span, clauses, faults, hint);
}

function addClause(message: string, span: Span, expected: readonly string[], faults: Faults, hint?: string): void {
  const found = span.start === span.end ? "the end of the statement" : faults.source.shown(span);
  faults.add({ code: "clause", message, ...(hint === undefined ? {} : { hint }), found, expected, span });
}

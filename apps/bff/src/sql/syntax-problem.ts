import { renderSqlError, type SqlSyntaxError } from "@snapdeck/backup-sql/sql-syntax-error";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/** So many errors are told at once; a script with more is best mended from its beginning. */
const TOLD_ERRORS = 5;

/** Why a script was not accepted: for each error its place, what was found and expected, and the line with the place underlined. */
export function syntaxProblem(errors: readonly SqlSyntaxError[]): SnapdeckError {
  const told = errors.slice(0, TOLD_ERRORS).map(words);
  const more = errors.length > TOLD_ERRORS ? [`and ${errors.length - TOLD_ERRORS} more`] : [];
  return new SnapdeckError("sql-syntax", [...told, ...more, "no statement was run"].join("\n"), {
    hint: errors[0]?.hint ?? "Correct the statement, then run it again.",
  });
}

function words(error: SqlSyntaxError): string {
  const [place = "", ...below] = renderSqlError(error).split("\n");
  // Some messages tell it themselves.
  if (place.includes("expected") && place.includes(error.found)) return [place, ...below].join("\n");
  const expected = error.expected.length === 0 ? "" : `; expected ${error.expected.map(quotedSign).join(", ")}`;
  return [`${place} (found ${error.found}${expected})`, ...below].join("\n");
}

/** A comma among commas would not be seen. */
function quotedSign(expected: string): string {
  return /^[,;()]$/.test(expected) ? `"${expected}"` : expected;
}

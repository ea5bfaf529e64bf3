import type { SqlReply, SqlResult } from "@snapdeck/contract/sql";
import { formatCounted } from "../../format/rows.ts";

/** What came of a script in one sentence, for the eye and the ear: "3 statements ran: 12 rows, 1 job begun". */
export function replyWords({ results, stoppedBy }: SqlReply): string {
  const rows = results.filter((result) => result.kind === "rows").reduce((sum, result) => sum + result.rows.length, 0);
  const jobs = results.filter((result) => result.kind === "job").length;
  const found = [
    ...(results.some(({ kind }) => kind === "rows") ? [formatCounted(rows, "row")] : []),
    ...(jobs === 0 ? [] : [formatCounted(jobs, "job")]),
  ].join(", ");
  const ran = `${formatCounted(results.length, "statement")} ran${found === "" ? "" : `: ${found}`}`;
  return stoppedBy === undefined ? ran : `${ran}; then stopped: ${stoppedBy.title}`;
}

/** What a statement without rows and without a job says of itself. */
export function doneWords({ warning }: Extract<SqlResult, { kind: "done" }>): string {
  return warning ?? "Done.";
}

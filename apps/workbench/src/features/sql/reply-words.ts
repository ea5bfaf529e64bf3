import type { Job } from "@snapdeck/contract/job";
import type { SqlReply, SqlResult } from "@snapdeck/contract/sql";
import { formatCounted } from "../../format/rows.ts";

/**
 * What came of a script in one sentence, for the eye and the ear: "3 statements ran: 12 rows, 1 job", or "Statement 2 of 4 failed: The disk
 * is full; 1 statement ran before it, 2 were not run".
 */
export function replyWords(reply: SqlReply): string {
  const { results, stoppedBy, notRun = [] } = reply;
  if (stoppedBy === undefined) return `${formatCounted(results.length, "statement")} ran${foundWords(results)}`;
  const number = stoppingNumber(reply);
  const rest = [
    ...(number === 1 ? [] : [`${formatCounted(number - 1, "statement")} ran before it`]),
    ...(notRun.length === 0 ? [] : [`${notRun.length} ${notRun.length === 1 ? "was" : "were"} not run`]),
  ].join(", ");
  const end = wasCanceled(results.at(-1)) ? "was canceled" : `failed: ${stoppedBy.title}`;
  return `Statement ${number} of ${number + notRun.length} ${end}${rest === "" ? "" : `; ${rest}`}`;
}

function foundWords(results: readonly SqlResult[]): string {
  const rows = results.filter((result) => result.kind === "rows").reduce((sum, result) => sum + result.rows.length, 0);
  const jobs = results.filter((result) => result.kind === "job").length;
  const found = [
    ...(results.some(({ kind }) => kind === "rows") ? [formatCounted(rows, "row")] : []),
    ...(jobs === 0 ? [] : [formatCounted(jobs, "job")]),
  ].join(", ");
  return found === "" ? "" : `: ${found}`;
}

/** Of a script that was stopped, which statement stopped it, counted from 1. */
export function stoppingNumber({ results }: Pick<SqlReply, "results">): number {
  return endedBadly(results.at(-1)) ? results.length : results.length + 1;
}

/** Whether a result is itself what stopped the script. */
export function endedBadly(result: SqlResult | undefined): boolean {
  return result?.kind === "job" && didNotSucceed(result.job);
}

/** Whether a job has ended in another way than it should. */
export function didNotSucceed({ state }: Job): boolean {
  return state.name === "failed" || state.name === "interrupted" || state.name === "canceled";
}

function wasCanceled(result: SqlResult | undefined): boolean {
  return result?.kind === "job" && result.job.state.name === "canceled";
}

/** What a statement without rows and without a job says of itself. */
export function doneWords({ warning }: Extract<SqlResult, { kind: "done" }>): string {
  return warning ?? "Done.";
}

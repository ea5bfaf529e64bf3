import type { ProblemCode } from "@snapdeck/contract/problem";
import type { SentScript } from "./sql-desk.ts";

/** What is judged for the whole script, before its first statement. */
const BEFORE_THE_FIRST: ReadonlySet<ProblemCode> = new Set([
  "bad-request",
  "cross-site",
  "cluster-not-found",
  "idempotency-conflict",
  "not-signed-in",
  "role-needed",
  "sign-in-too-old",
  "too-many-requests",
]);

/** What a refusal of the script means for its statements; undefined where that is the one statement that was refused. */
export function refusalMeaning(
  code: ProblemCode,
  { sql, sentAtMs, startedAtMs }: Pick<SentScript, "sql" | "sentAtMs" | "startedAtMs">,
): string | undefined {
  if (startedAtMs !== sentAtMs) return "Nothing further of the script was run.";
  if (BEFORE_THE_FIRST.has(code)) return "No statement was run.";
  // What a statement is the server knows, and it says nothing of the others when the first fails.
  return /;\s*\S/.test(sql) ? "No statement behind the first one was run." : undefined;
}

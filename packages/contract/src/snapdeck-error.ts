import { PROBLEMS, type Problem, type ProblemCode } from "./problem.ts";
import type { JobId } from "./scalars.ts";

type Circumstances = {
  /** One sentence: what to do next. */
  hint?: string;
  /** The job that stands in the way. */
  jobId?: JobId;
  cause?: unknown;
};

/**
 * A failure that was foreseen. `detail` is a lower-case statement with the names involved and what it means for the data; it
 * reaches users, so it holds no secret and no stack. Everything else that is thrown is a bug, and reaches them as `internal`.
 */
export class SnapdeckError extends Error {
  override readonly name = "SnapdeckError";
  readonly code: ProblemCode;
  readonly detail: string;
  readonly hint: string | undefined;
  readonly jobId: JobId | undefined;

  constructor(code: ProblemCode, detail: string, circumstances: Circumstances = {}) {
    super(`${code}: ${detail}`, { cause: circumstances.cause });
    this.code = code;
    this.detail = detail;
    this.hint = circumstances.hint;
    this.jobId = circumstances.jobId;
  }
}

/** The wire form of anything that was thrown. What nobody foresaw says nothing of itself but that it happened. */
export function problemOf(thrown: unknown): Problem {
  const code = thrown instanceof SnapdeckError ? thrown.code : "internal";
  const { status, title, retryable } = PROBLEMS[code];
  const problem: Problem = { type: `/problems/${code}`, title, status, code, retryable };
  if (!(thrown instanceof SnapdeckError)) return problem;
  return {
    ...problem,
    detail: thrown.detail,
    ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
    ...(thrown.jobId === undefined ? {} : { jobId: thrown.jobId }),
  };
}

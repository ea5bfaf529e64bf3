import { PROBLEMS, type Problem, type ProblemCode } from "@snapdeck/contract/problem";

/** The server refused or failed, and said why. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.detail === undefined ? problem.title : `${problem.title}: ${problem.detail}`, options);
    this.problem = problem;
  }
}

/** A problem that the page found by itself, in the words of the same table. */
export function problemHere(code: ProblemCode, detail: string, hint?: string): Problem {
  const { status, title, retryable } = PROBLEMS[code];
  return { type: `/problems/${code}`, title, status, code, retryable, detail, ...(hint === undefined ? {} : { hint }) };
}

import type { Problem } from "@snapdeck/contract/problem";
import { OfflineError } from "../api/offline-error.ts";
import { ProblemError } from "../api/problem-error.ts";

/** A failure as a reader meets it. */
export type ProblemWords = {
  /** What happened. */
  readonly what: string;
  /** The circumstances, and what they mean for the data. */
  readonly detail?: string | undefined;
  /** What to do next. */
  readonly next?: string | undefined;
  readonly requestId?: string | undefined;
  readonly offline: boolean;
};

export function wordsOfProblem(problem: Problem): ProblemWords {
  return {
    what: problem.title,
    detail: problem.detail === undefined ? undefined : asSentence(problem.detail),
    next: problem.hint ?? defaultHint(problem),
    requestId: problem.requestId,
    offline: false,
  };
}

/** The words of anything that was thrown. Of what nobody foresaw the page says that it happened, and no more. */
export function wordsOfError(error: unknown): ProblemWords {
  if (error instanceof ProblemError) return wordsOfProblem(error.problem);
  if (error instanceof OfflineError) {
    return {
      what: error.message,
      detail: error.mayHaveActed
        ? "What was asked for may or may not have been done. The cluster and its jobs go on without this page."
        : "The cluster and its jobs go on without this page.",
      next: error.mayHaveActed
        ? "Wait until the page is live again and look whether it was done before you ask again."
        : "The page tries again by itself.",
      offline: true,
    };
  }
  return {
    what: "This page met an unexpected error",
    detail: "The cluster and its jobs are not affected.",
    next: "Reload the page.",
    offline: false,
  };
}

function defaultHint(problem: Problem): string | undefined {
  if (problem.code === "internal") return "Look for the request id in the server's log.";
  return problem.retryable ? "Try again in a moment." : undefined;
}

/** Details are lower-case statements without an end, so that they can stand inside a sentence; alone they become one. */
function asSentence(detail: string): string {
  const text = detail.trim();
  // A list has lines and no end.
  const ended = /[.!?…]$|\n/.test(text) ? text : `${text}.`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}

import type { Job } from "@snapdeck/contract/job";
import type { Problem } from "@snapdeck/contract/problem";
import { problemOf, SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { INTERRUPTED_HINTS, UNACCOUNTED_HINTS } from "./interrupted-hints.ts";

/** How one run of the work ended, as seen by its driver. */
export type Outcome =
  | Extract<WorkReport, { type: "confirmed" | "stopped" | "lost" }>
  | { readonly type: "threw"; readonly error: unknown };

/** What may be asked again when work threw, and for how long. */
export type Circumstances = {
  /** The work of an earlier process was asked for, not begun. */
  readonly takeUp: boolean;
  readonly canceling: boolean;
  /** The engine was asked again already what came of it. */
  readonly askedAgain: boolean;
};

/**
 * Whether the engine should be asked what came of work that threw, instead of believing the throw. A cluster that does not answer
 * says nothing about work that was begun earlier, and a cancel ends in canceled or succeeded only (I26).
 */
export function asksAgain(error: unknown, { takeUp, canceling, askedAgain }: Circumstances): boolean {
  if (isUnreachable(error)) return takeUp || canceling;
  return canceling && !askedAgain;
}

export function isUnreachable(error: unknown): boolean {
  return error instanceof SnapdeckError && UNREACHABLE.has(error.code);
}

const UNREACHABLE = new Set<string>(["cluster-unreachable", "host-unreachable", "store-unavailable"]);

/** What a job that nobody can account for tells: what happened, what that means for the data, what to do. */
export function interruptedProblem(kind: Job["work"]["kind"], detail: string): Problem {
  return problemOf(
    new SnapdeckError(
      "interrupted",
      `the process that drove this job ended, and its outcome could not be read back: ${detail}`,
      {
        hint: INTERRUPTED_HINTS[kind],
      },
    ),
  );
}

/** The same for a cluster that stayed silent: whether the work was done is not known, and nothing here pretends to know. */
export function unaccountedProblem(kind: Job["work"]["kind"], error: unknown): Problem {
  const { detail = "the cluster did not answer" } = problemOf(error);
  return problemOf(
    new SnapdeckError(
      "interrupted",
      `the process that drove this job ended, and the cluster could not be asked what came of it: ${detail}`,
      {
        hint: UNACCOUNTED_HINTS[kind],
      },
    ),
  );
}

/** What a job tells that is not taken up any more. */
export function parkedProblem(kind: Job["work"]["kind"], driversDied: number): Problem {
  return problemOf(
    new SnapdeckError(
      "interrupted",
      `the process that drove this job died ${driversDied} times over it, so it is not taken up any more; what came of it was not asked again`,
      { hint: UNACCOUNTED_HINTS[kind] },
    ),
  );
}

/** What a failed job tells; where something was left behind, also how to clear it. */
export function failedProblem(error: unknown, cleaned: boolean): Problem {
  const problem = problemOf(error);
  if (cleaned) return problem;
  const clear = "What it left could not be removed yet: Cancel on its entry does that.";
  return { ...problem, hint: problem.hint === undefined ? clear : `${problem.hint} ${clear}` };
}

/** Work that says it was stopped although nobody here asked for that. */
export function stoppedByAnother(): SnapdeckError {
  return new SnapdeckError(
    "engine-failed",
    "the work was stopped by somebody outside Snapdeck; nothing of it is left",
    {
      hint: "Start it again.",
    },
  );
}

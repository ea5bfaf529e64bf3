import type { Evidence, JobPhase, JobState } from "@snapdeck/contract/job";
import type { Problem } from "@snapdeck/contract/problem";

/** What can happen to a job. `at` is an ISO 8601 UTC string. */
export type JobEvent =
  | { readonly type: "started"; readonly at: string; readonly phase: JobPhase }
  | { readonly type: "entered"; readonly phase: JobPhase }
  | { readonly type: "cancel-requested"; readonly at: string; readonly by: string }
  | { readonly type: "confirmed"; readonly at: string; readonly evidence: Evidence }
  | { readonly type: "stopped"; readonly at: string }
  | { readonly type: "failed"; readonly at: string; readonly problem: Problem }
  | { readonly type: "lost"; readonly at: string; readonly problem: Problem };

/**
 * The only function that changes a job's state. Pure; answers the same object when nothing changes.
 * @throws {Error} on an event that cannot happen in that state: the caller has a bug.
 */
export function advanceJob(state: JobState, event: JobEvent): JobState {
  switch (state.name) {
    case "queued":
      return advanceQueued(event);
    case "running":
    case "canceling":
      return advanceWorking(state, event);
    case "succeeded":
    case "failed":
    case "canceled":
    case "interrupted":
      throw impossible(state, event);
  }
}

function advanceQueued(event: JobEvent): JobState {
  switch (event.type) {
    case "started":
      return { name: "running", startedAt: event.at, phase: event.phase };
    case "cancel-requested":
      return { name: "canceled", endedAt: event.at, canceledBy: event.by };
    case "failed":
      return { name: "failed", endedAt: event.at, problem: event.problem };
    case "entered":
    case "confirmed":
    case "stopped":
    case "lost":
      throw impossible({ name: "queued" }, event);
  }
}

type Working = Extract<JobState, { name: "running" | "canceling" }>;

function advanceWorking(state: Working, event: JobEvent): JobState {
  const { startedAt, phase } = state;
  switch (event.type) {
    case "started":
      // The process that takes a job up reports a start of its own; the job began when it began.
      return state;
    case "entered":
      return event.phase === phase ? state : { ...state, phase: event.phase };
    case "cancel-requested":
      // The first to ask is the one who is told to have asked.
      if (state.name === "canceling") return state;
      return { name: "canceling", startedAt, phase, cancelRequestedAt: event.at, cancelRequestedBy: event.by };
    case "confirmed":
      // The work may be done before the engine hears the cancel: what it confirmed is the truth (I26).
      return { name: "succeeded", startedAt, endedAt: event.at, evidence: event.evidence };
    case "stopped":
      if (state.name === "running") throw impossible(state, event);
      return { name: "canceled", startedAt, endedAt: event.at, canceledBy: state.cancelRequestedBy };
    case "failed":
      return { name: "failed", startedAt, endedAt: event.at, phase, problem: event.problem };
    case "lost":
      return { name: "interrupted", startedAt, endedAt: event.at, phase, problem: event.problem };
  }
}

function impossible(state: JobState, event: JobEvent): Error {
  return new Error(`a job that is ${state.name} cannot be ${event.type}`);
}

/** Whether nothing more can happen to a job in that state. */
export function isEnded(state: JobState): state is Exclude<JobState, { name: "queued" | "running" | "canceling" }> {
  switch (state.name) {
    case "queued":
    case "running":
    case "canceling":
      return false;
    case "succeeded":
    case "failed":
    case "canceled":
    case "interrupted":
      return true;
  }
}

import type { Job } from "@snapdeck/contract/job";
import { expect } from "vitest";

/** How a job must end; `code` is that of the problem it tells, one of several where more than one is honest. */
export type End = { readonly ends: Job["state"]["name"]; readonly code?: string | readonly string[] };

/** Fails unless the job ended like that; answers the end in a few words. */
export function endedAs({ state }: Job, { ends, code = [] }: End): string {
  const problem = "problem" in state ? state.problem : undefined;
  const told = JSON.stringify(problem ?? state);
  expect(state.name, told).toBe(ends);
  if (problem === undefined) return state.name;
  expect([code].flat(), told).toContain(problem.code);
  return `${state.name}: ${problem.code}`;
}

import type { Job } from "@snapdeck/contract/job";
import { expect } from "vitest";

type Name = Job["state"]["name"];

/** How a job must end, and the code of the problem that it tells then; one of several where more than one is honest. */
export type End = { readonly ends: Name | readonly Name[]; readonly code?: string | readonly string[] };

/** Fails unless the job ended like that; answers the end in a few words. */
export function endedAs({ state }: Job, { ends, code = [] }: End): string {
  const problem = "problem" in state ? state.problem : undefined;
  const told = problem === undefined ? state.name : `${problem.code}: ${problem.detail ?? ""}`;
  expect([ends].flat(), told).toContain(state.name);
  if (problem === undefined) return state.name;
  expect([code].flat(), told).toContain(problem.code);
  return `${state.name}: ${problem.code}`;
}

import type { Crash } from "./crash-at.ts";

/** Whether it is done or not, it is so in whole; the matrix asks for nothing else. */
const EITHER: Crash["ends"] = ["succeeded", "interrupted", "failed"];

/** Deaths while nothing is decided: the first in the quick tier, the others in the full one. */
export function undecided(faults: readonly Crash["fault"][], code: string[]): Crash[] {
  return faults.map((fault, at) => ({ fault, tier: at === 0 ? "quick" : "full", ends: EITHER, code }));
}

/** What is decided is carried through, whoever dies. */
export const decided: readonly Crash[] = [
  { fault: "k", tier: "quick", ends: "succeeded" },
  { fault: "Z", tier: "full", ends: "succeeded" },
  { fault: "K", tier: "full", ends: "succeeded" },
  { fault: "P", tier: "full", ends: "succeeded" },
];

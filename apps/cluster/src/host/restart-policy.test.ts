import { expect, it } from "vitest";
import { crashesInARow, restartDelayMs, STEADY_MS } from "./restart-policy.ts";

it("waits longer before each start, and gives up on a rank that keeps crashing", () => {
  const delays: number[] = [];
  let crashes = 0;
  for (;;) {
    crashes = crashesInARow(crashes, 100);
    const delayMs = restartDelayMs(crashes);
    if (delayMs === undefined) break;
    delays.push(delayMs);
  }
  expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
});

it("starts counting anew after a long time of service", () => {
  expect(crashesInARow(5, STEADY_MS)).toBe(1);
  expect(crashesInARow(1, STEADY_MS - 1)).toBe(2);
});

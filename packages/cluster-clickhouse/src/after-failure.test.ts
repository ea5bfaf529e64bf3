import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { expect, test } from "vitest";
import { clearAfter } from "./after-failure.ts";

const OURS = { checkFence: async () => undefined };
const LOST = {
  checkFence: async () => {
    throw new SnapdeckError("lock-lost", "another process drives the job");
  },
};

async function clears(thrown: unknown, order: typeof OURS): Promise<boolean> {
  let cleared = false;
  await clearAfter(thrown, order, async () => {
    cleared = true;
  });
  return cleared;
}

test("What failed work left is cleared away by who still holds the lock", async () => {
  expect(await clears(new SnapdeckError("rank-lost", "it stays silent"), OURS)).toBe(true);
});

test("Whoever slept through the loss of the lock leaves alone what the new holder goes on with", async () => {
  expect(await clears(new SnapdeckError("rank-lost", "it stays silent"), LOST)).toBe(false);
  expect(await clears(new SnapdeckError("lock-lost", "the host has seen a newer lock"), OURS)).toBe(false);
});

test("A failure to clear away does not hide the failure itself", async () => {
  const clear = () => Promise.reject(new Error("the disk is gone"));
  expect(await clearAfter(new Error("the first"), OURS, clear)).toBeUndefined();
});

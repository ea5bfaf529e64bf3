import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { describe, expect, test } from "vitest";
import { asksAgain, failedProblem, interruptedProblem } from "./outcome.ts";

const silent = new SnapdeckError("host-unreachable", "the host manager did not answer");
const broken = new SnapdeckError("engine-failed", "the engine said no");
const plain = { takeUp: false, canceling: false, askedAgain: false };

describe("work that threw", () => {
  test.each([
    { name: "is over when it was begun here", error: broken, circumstances: plain, again: false },
    { name: "is over when the cluster fell silent under it", error: silent, circumstances: plain, again: false },
    {
      name: "is asked for again while the cluster is silent about what an earlier process began",
      error: silent,
      circumstances: { ...plain, takeUp: true, askedAgain: true },
      again: true,
    },
    {
      name: "is over when what an earlier process began failed",
      error: broken,
      circumstances: { ...plain, takeUp: true },
      again: false,
    },
    {
      name: "is looked at once more when it was being canceled",
      error: broken,
      circumstances: { ...plain, canceling: true },
      again: true,
    },
    {
      name: "is not looked at for ever when it was being canceled",
      error: broken,
      circumstances: { takeUp: true, canceling: true, askedAgain: true },
      again: false,
    },
    {
      name: "is looked at until the cluster answers when it was being canceled",
      error: silent,
      circumstances: { takeUp: true, canceling: true, askedAgain: true },
      again: true,
    },
  ])("$name", ({ error, circumstances, again }) => {
    expect(asksAgain(error, circumstances)).toBe(again);
  });
});

test("an interrupted job says what happened, what it means for the data and what to do", () => {
  expect(interruptedProblem("restore", "the cluster knows of no such restore")).toMatchObject({
    detail: expect.stringContaining("the cluster knows of no such restore"),
    hint: "The restored data was not put in place. Cancel clears the entry; then restore again.",
  });
});

test("a failed job that left something behind says how to clear it", () => {
  expect(failedProblem(broken, true).hint).toBeUndefined();
  expect(failedProblem(broken, false).hint).toMatch(/Cancel on its entry/);
});

import { describe, expect, test } from "vitest";
import { OfflineError } from "../api/offline-error.ts";
import { ProblemError, problemHere } from "../api/problem-error.ts";
import { wordsOfError, wordsOfProblem } from "./problem-words.ts";

describe("A failure is told", () => {
  test("as what happened, what it means and what to do", () => {
    const problem = problemHere("disk-full", "the store is full; nothing was listed", "Free 1.2 GB on the store.");
    expect(wordsOfError(new ProblemError(problem))).toEqual({
      what: "Not enough space",
      detail: "The store is full; nothing was listed.",
      next: "Free 1.2 GB on the store.",
      requestId: undefined,
      offline: false,
    });
  });

  test("as a list where it names one thing on each line", () => {
    const problem = problemHere("store-broken", "2 breaks:\nI4: one\nI6: another");
    expect(wordsOfProblem(problem).detail).toBe("2 breaks:\nI4: one\nI6: another");
  });

  test("with a way on where waiting may help, although the server gave none", () => {
    expect(wordsOfProblem(problemHere("cluster-unreachable", "no answer")).next).toBe("Try again in a moment.");
  });

  test("without inventing what became of a request that got no answer", () => {
    expect(wordsOfError(new OfflineError("The server could not be reached", true)).detail).toMatch(/may or may not/);
    expect(wordsOfError(new OfflineError("The server could not be reached", false)).detail).not.toMatch(
      /may or may not/,
    );
  });

  test("without its insides when nobody foresaw it", () => {
    expect(wordsOfError(new TypeError("x is undefined")).what).toBe("This page met an unexpected error");
  });
});

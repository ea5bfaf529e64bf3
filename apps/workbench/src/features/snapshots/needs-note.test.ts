import { describe, expect, test } from "vitest";
import { OfflineError } from "../../api/offline-error.ts";
import { ProblemError } from "../../api/problem-error.ts";
import { aProblem } from "../../job-card/a-job.ts";
import { needsNote } from "./needs-note.ts";

const refused = new ProblemError(aProblem("store-unavailable"));

describe("A failed read", () => {
  test("is told where it happened when the server said why", () => {
    expect(needsNote(refused, ["a row"])).toBe(true);
    expect(needsNote(refused, undefined)).toBe(true);
  });

  test("leaves a page that has something to show as it is when the connection is lost", () => {
    expect(needsNote(new OfflineError("The server could not be reached"), ["a row"])).toBe(false);
  });

  test("is told when there is nothing to show at all", () => {
    expect(needsNote(new OfflineError("The server could not be reached"), undefined)).toBe(true);
  });
});

import { describe, expect, test } from "vitest";
import { readJobsSearch, readSignInSearch } from "./search-params.ts";

describe("The address to go to after signing in", () => {
  test("is one of this page", () => {
    expect(readSignInSearch({ to: "/clusters/production/jobs?job=1" })).toEqual({
      to: "/clusters/production/jobs?job=1",
    });
  });

  test.each(["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", 7, undefined])(
    "is never elsewhere: %s",
    (to) => expect(readSignInSearch({ to })).toEqual({}),
  );
});

test("a job's address that is no job's id opens the page without details", () => {
  expect(readJobsSearch({ job: "x" })).toEqual({});
});

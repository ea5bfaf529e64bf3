import { describe, expect, test } from "vitest";
import { SignInThrottle } from "./sign-in-throttle.ts";

const MINUTE_MS = 60_000;

function attempts(
  throttle: SignInThrottle,
  count: number,
  nowMs: number,
  name = "ada",
  address = "10.0.0.1",
): string[] {
  return Array.from({ length: count }, () => {
    try {
      throttle.begin(name, address, nowMs);
      return "tried";
    } catch (error) {
      return String(error).includes("too-many-requests") ? "refused" : "broken";
    }
  });
}

describe("Guessing a password", () => {
  test("may be tried five times a minute", () => {
    const throttle = new SignInThrottle(5);
    expect(attempts(throttle, 6, 0)).toEqual(["tried", "tried", "tried", "tried", "tried", "refused"]);
  });

  test("waits twice as long after each refusal, up to a quarter of an hour", () => {
    const throttle = new SignInThrottle(1);
    let nowMs = 0;
    for (const waitMinutes of [1, 2, 4, 8, 15, 15]) {
      expect(attempts(throttle, 2, nowMs)).toEqual(["tried", "refused"]);
      expect(attempts(throttle, 1, nowMs + waitMinutes * MINUTE_MS - 1)).toEqual(["refused"]);
      nowMs += waitMinutes * MINUTE_MS;
    }
  });

  test("is not made easier by spelling the name another way", () => {
    const throttle = new SignInThrottle(1);
    attempts(throttle, 1, 0, "ada");
    expect(attempts(throttle, 1, 0, "ADA")).toEqual(["refused"]);
  });

  test("from one address does not lock out the same name from another", () => {
    const throttle = new SignInThrottle(1);
    attempts(throttle, 5, 0);
    expect(attempts(throttle, 1, 0, "ada", "10.0.0.2")).toEqual(["tried"]);
  });

  test("is forgotten once the password was right", () => {
    const throttle = new SignInThrottle(2);
    attempts(throttle, 2, 0);
    throttle.succeed("ada", "10.0.0.1");
    expect(attempts(throttle, 2, 0)).toEqual(["tried", "tried"]);
  });

  test("with ever new names takes no more memory than there is room for", () => {
    const throttle = new SignInThrottle(1);
    attempts(throttle, 1, 0, "first");
    for (let name = 0; name < 10_000; name += 1) attempts(throttle, 1, 0, `name-${name}`);
    expect(attempts(throttle, 1, 0, "first")).toEqual(["tried"]);
  });
});

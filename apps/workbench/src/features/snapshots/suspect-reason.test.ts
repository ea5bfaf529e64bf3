import { routes } from "@snapdeck/contract/routes";
import { describe, expect, test } from "vitest";
import { isReason, REASON_MAX } from "./suspect-reason.ts";

/** What the server itself says of a reason. */
function taken(suspectReason: string): boolean {
  const order = { planId: "0191a3c0-0000-4000-8000-0000000000aa", clusterName: "production", suspectReason };
  return routes.startRestore.body.safeParse(order).success;
}

describe("The reason to restore a suspect backup", () => {
  test.each([
    ["", false],
    ["too short", false],
    ["         x         ", false],
    ["ten chars.", true],
    ["  ten chars.  ", true],
    ["x".repeat(REASON_MAX), true],
    ["x".repeat(REASON_MAX + 1), false],
  ])("%j is judged by the page as by the server", (reason, isOne) => {
    expect(isReason(reason)).toBe(isOne);
    expect(taken(reason)).toBe(isOne);
  });
});

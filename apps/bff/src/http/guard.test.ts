import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { expect, test } from "vitest";
import { mustBeFresh } from "./guard.ts";

const detailAfter = (freshMs: number) => {
  try {
    mustBeFresh("2026-11-22T09:00:00.000Z", { clock: () => "2026-11-22T10:00:00.000Z", freshMs });
  } catch (error) {
    if (error instanceof SnapdeckError) return error.detail;
    throw error;
  }
  return "fresh";
};

test("A password that was typed too long ago is told with the limit, in seconds where minutes would say too little", () => {
  expect(detailAfter(15 * 60_000)).toContain("more than 15 minutes ago");
  expect(detailAfter(90_000)).toContain("more than 90 seconds ago");
  expect(detailAfter(6_000)).toContain("more than 6 seconds ago");
  expect(detailAfter(60 * 60_000)).toBe("fresh");
});

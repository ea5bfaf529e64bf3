import { PreviousData } from "@snapdeck/contract/cluster";
import { describe, expect, test } from "vitest";
import { letGoSentence } from "./let-go-sentence.ts";

const nowMs = Date.parse("2026-11-22T14:05:00.000Z");
const sentence = (letGoAt?: string) => {
  const swapped = { restoreId: "0191a3c0-0000-4000-8000-000000000001", swappedAt: "2026-11-22T14:02:00.000Z" };
  return letGoSentence(PreviousData.parse({ ...swapped, letGoAt }), nowMs, "UTC");
};

describe("The data from before a restore", () => {
  test("says when it is let go by itself", () => {
    expect(sentence("2026-11-25T14:02:00.000Z")).toBe("It is let go by itself on 2026-11-25 at 14:02.");
    expect(sentence("2026-11-22T18:00:00.000Z")).toBe("It is let go by itself today at 18:00.");
  });

  test("promises no moment that has passed", () => {
    expect(sentence("2026-11-22T14:04:00.000Z")).toBe(
      "Its time has passed: it is let go by itself once the cluster ran for an hour.",
    );
  });

  test("stays where no time is configured", () => {
    expect(sentence()).toBe("It stays until somebody lets it go.");
  });
});

import type { Suspect } from "@snapdeck/contract/backup";
import { expect, test } from "vitest";
import { suspectWords } from "./suspect-words.ts";

function suspect(names: string[], faultsTotal = names.length): Suspect {
  return {
    level: "L2",
    foundAt: "2026-11-22T14:00:00.000Z",
    faults: names.map((subject) => ({ subject, fault: "bytes", detail: "its bytes are other ones" })),
    faultsTotal,
  };
}

test("one fault is named in full", () => {
  expect(suspectWords(suspect(["rank-0/1.bin"]))).toBe("L2 found 1 fault: rank-0/1.bin (its bytes are other ones)");
});

test("of many, the first few are named and all are counted", () => {
  const words = suspectWords(suspect(["a", "b", "c", "d"], 150));
  expect(words).toMatch(/^L2 found 150 faults, such as a \(.+\), b \(.+\), c \(.+\)$/);
});

test("a proof that named none is still told", () => {
  expect(suspectWords(suspect([], 2))).toBe("L2 found 2 faults");
});

import { describe, expect, test } from "vitest";
import { describeFaults, faultsInStore } from "./store-check.ts";

const EXPECTED = [
  { path: ".backup", sizeBytes: 9 },
  { path: "data/a.bin", sizeBytes: 100 },
  { path: "data/empty", sizeBytes: 0 },
];
const WHOLE = [
  { path: "b/rank-0/.backup", sizeBytes: 9 },
  { path: "b/rank-0/data/a.bin", sizeBytes: 100 },
];

describe("The files of a backup", () => {
  test("are without fault when each has its size, and an empty one may be absent", () => {
    expect(faultsInStore("b/rank-0", EXPECTED, WHOLE)).toEqual([]);
    expect(faultsInStore("b/rank-0", EXPECTED, [...WHOLE, { path: "b/rank-0/data/empty", sizeBytes: 0 }])).toEqual([]);
  });

  test.each([
    { name: "one is missing", stored: WHOLE.slice(0, 1), says: "data/a.bin is missing" },
    {
      name: "one is short",
      stored: [...WHOLE.slice(0, 1), { path: "b/rank-0/data/a.bin", sizeBytes: 99 }],
      says: "data/a.bin has 99 of 100 bytes",
    },
    {
      name: "one is too long",
      stored: [...WHOLE.slice(0, 1), { path: "b/rank-0/data/a.bin", sizeBytes: 101 }],
      says: "data/a.bin has 101 of 100 bytes",
    },
    {
      name: "one should be empty and is not",
      stored: [...WHOLE, { path: "b/rank-0/data/empty", sizeBytes: 1 }],
      says: "data/empty has 1 of 0 bytes",
    },
    {
      name: "one is not listed",
      stored: [...WHOLE, { path: "b/rank-0/.lock", sizeBytes: 0 }],
      says: ".lock should not be there",
    },
  ])("are at fault when $name", ({ stored, says }) => {
    expect(describeFaults(faultsInStore("b/rank-0", EXPECTED, stored))).toBe(says);
  });

  test("are counted when several are at fault", () => {
    expect(describeFaults(faultsInStore("b/rank-0", EXPECTED, []))).toBe(
      ".backup is missing, and 1 more files are at fault",
    );
  });
});

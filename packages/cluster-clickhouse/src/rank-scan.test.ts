import { expect, it } from "vitest";
import { contentFaults, type ScannedTable } from "./rank-scan.ts";

const WORDS: ScannedTable = { rank: 0, database: "town", table: "words", rows: 3, checksum: "aa" };

it("contents are held against an earlier scan of the same table on the same rank", () => {
  const other = { ...WORDS, rank: 1, checksum: "bb" };
  expect(contentFaults([WORDS, other], [WORDS, other])).toEqual([]);
  const [fault, ...more] = contentFaults([{ ...WORDS, checksum: "cc" }, other], [WORDS, other]);
  expect(fault).toMatchObject({ subject: "town.words", fault: "contents", detail: expect.stringContaining("rank 0") });
  expect(more).toEqual([]);
});

it("as many rows are not the same rows, and as equal a sum is not as many", () => {
  expect(contentFaults([{ ...WORDS, rows: 4 }], [WORDS])).toHaveLength(1);
});

it("a table that only one of the two scans met is no matter of its contents", () => {
  expect(contentFaults([WORDS], [])).toEqual([]);
  expect(contentFaults([], [WORDS])).toEqual([]);
});

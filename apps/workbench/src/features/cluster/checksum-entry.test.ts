import { TableChecksum } from "@snapdeck/contract/cluster";
import { describe, expect, test } from "vitest";
import { checksumLines, comparison, withResult } from "./checksum-entry.ts";

const AT = "2026-11-22T13:00:00.000Z";

function aChecksum(change: Partial<TableChecksum> = {}): TableChecksum {
  return TableChecksum.parse({
    database: "shop",
    table: "orders",
    rows: 640_000,
    checksum: "9f2c",
    tookMs: 400,
    observedAt: AT,
    ...change,
  });
}

describe("A table's checksum", () => {
  const nowMs = Date.parse(AT) + 300_000;

  test("has nothing to be compared with the first time", () => {
    expect(comparison(withResult(undefined, aChecksum()), nowMs)).toBeUndefined();
  });

  test("is the same as before when rows and contents are", () => {
    const first = withResult(undefined, aChecksum());
    expect(comparison(withResult(first, aChecksum()), nowMs)).toEqual({ same: true, text: "same as 5 minutes ago" });
  });

  test("differs when the contents do, and when only the number of rows does", () => {
    const first = withResult(undefined, aChecksum());
    expect(comparison(withResult(first, aChecksum({ checksum: "0000" })), nowMs)?.same).toBe(false);
    expect(comparison(withResult(first, aChecksum({ rows: 1 })), nowMs)?.same).toBe(false);
  });

  test("is copied as a line with rows and checksum; tables without one are left out", () => {
    const entry = withResult(undefined, aChecksum());
    expect(checksumLines([entry, undefined, { standing: "waiting" }])).toBe("shop.orders\t640000\t9f2c");
  });
});

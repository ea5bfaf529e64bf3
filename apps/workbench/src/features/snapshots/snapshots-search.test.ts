import { describe, expect, test } from "vitest";
import { readSnapshotsSearch } from "./snapshots-search.ts";

describe("The address of the Snapshots page", () => {
  test("brings back the search, the order and the open dialog", () => {
    const raw = { search: "2026-11-22", sort: "largest", dialog: "restore", backup: "b1" };
    expect(readSnapshotsSearch(raw)).toEqual(raw);
  });

  test("drops what it does not understand, so that a mistyped link still opens the page", () => {
    expect(readSnapshotsSearch({ search: ["x"], sort: "random", dialog: "format", backup: "B 1" })).toEqual({});
  });

  test("opens no dialog without a backup", () => {
    expect(readSnapshotsSearch({ dialog: "delete" })).toEqual({});
  });

  test("takes a search that reads like a number", () => {
    expect(readSnapshotsSearch({ search: 2026 })).toEqual({ search: "2026" });
  });
});

import { BackupId } from "@snapdeck/contract/scalars";
import { describe, expect, test } from "vitest";
import { cursorAfter, readCursor } from "./catalog-cursor.ts";

describe("a cursor", () => {
  test("comes back as it went out", () => {
    const cursor = cursorAfter("largest", 42, "b-1");
    expect(readCursor(cursor, "largest")).toEqual({ value: 42, backupId: BackupId.parse("b-1") });
  });

  test.each([
    { name: "of another sort", cursor: cursorAfter("newest", 42, "b-1") },
    { name: "that is no cursor", cursor: "%%%" },
    { name: "with an id that cannot be", cursor: cursorAfter("largest", 42, "../../etc") },
  ])("$name is refused", ({ cursor }) => {
    expect(() => readCursor(cursor, "largest")).toThrow("bad-request");
  });
});

import { describe, expect, test } from "vitest";
import { aSuspect } from "./a-backup.ts";
import { suspicion, unnamed } from "./suspect-words.ts";

describe("A suspect backup", () => {
  test("says how many files differ, and how many of them are not named", () => {
    const many = aSuspect({ faultsTotal: 57 });
    expect(suspicion(many)).toBe("57 files differ from the manifest");
    expect(unnamed(many)).toBe("and 56 more");
    expect(suspicion(aSuspect())).toBe("1 file differs from the manifest");
    expect(unnamed(aSuspect())).toBeUndefined();
  });

  test("does not speak of files where only a scan could tell", () => {
    const faults = [{ subject: "shop.orders", fault: "rows", detail: "9 rows, not 10" } as const];
    expect(suspicion(aSuspect({ level: "L3", faults }))).toBe("1 thing differs from the manifest");
  });
});

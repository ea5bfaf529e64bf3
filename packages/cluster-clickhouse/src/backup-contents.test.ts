import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backupContents, countsToZero, unescapeName } from "./backup-contents.ts";
import { escapeName } from "./restore-check.ts";

const contentsOf = (...names: string[]) =>
  backupContents(names.map((name) => ({ name, sizeBytes: 1, checksum: undefined, dataFile: undefined })));

describe("What a backup holds", () => {
  test("is told by the names of its files", () => {
    const contents = contentsOf(
      "metadata/shop.sql",
      "metadata/shop/orders.sql",
      "metadata/shop/log.sql",
      "metadata/shop/tiny.sql",
      "metadata/shop/view.sql",
      "metadata/we%2Dird%20%C3%BC.sql",
      "data/shop/orders/2024_1_1_0/columns.txt",
      "data/shop/orders/2024_1_1_0/count.txt",
      "data/shop/orders/2024_1_1_0/proj.proj/count.txt",
      "data/shop/orders/2025_2_2_0/columns.txt",
      "data/shop/orders/2025_2_2_0/count.txt",
      "data/shop/orders/patch-1_1_1_0/columns.txt",
      "data/shop/orders/patch-1_1_1_0/count.txt",
      "data/shop/log/count.txt",
      "data/shop/log/a.bin",
      "data/shop/tiny/a.bin",
    );
    expect(contents).toEqual({
      databases: ["shop", "we-ird ü"],
      tables: [
        { database: "shop", table: "log", hasData: true, countFiles: ["data/shop/log/count.txt"] },
        {
          database: "shop",
          table: "orders",
          hasData: true,
          countFiles: ["data/shop/orders/2024_1_1_0/count.txt", "data/shop/orders/2025_2_2_0/count.txt"],
        },
        { database: "shop", table: "tiny", hasData: true },
        { database: "shop", table: "view", hasData: false },
      ],
    });
  });

  test("is not counted when a part has no count", () => {
    const [table] = contentsOf(
      "metadata/a/t.sql",
      "data/a/t/p1/columns.txt",
      "data/a/t/p1/count.txt",
      "data/a/t/p2/columns.txt",
    ).tables;
    expect(table?.countFiles).toBeUndefined();
  });

  test("counts to nothing in tables that would have files if they had rows", () => {
    expect(["MergeTree", "ReplacingMergeTree", "Log", "TinyLog", "Memory"].every(countsToZero)).toBe(true);
    expect(["View", "MaterializedView", "Dictionary", "Distributed", "unknown"].some(countsToZero)).toBe(false);
  });

  test("is named as the engine escapes names", () => {
    expect(escapeName("we ird%./tab")).toBe("we%20ird%25%2E%2Ftab");
    expect(escapeName("we-ird ü")).toBe("we%2Dird%20%C3%BC");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (name) => {
        expect(unescapeName(escapeName(name))).toBe(name);
      }),
    );
    expect(() => unescapeName("%C3")).toThrow();
  });
});

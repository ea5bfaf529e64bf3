import { describe, expect, test } from "vitest";
import { partsOf } from "./store-path.ts";

describe("A path inside a store", () => {
  test.each(["local", "local/b1/a1-x/rank-0/.backup", "a b/ü/%2E%2E"])("%j is taken", (path) => {
    expect(partsOf(path).join("/")).toBe(path);
  });

  test.each(["", "/", "/etc/passwd", "a//b", "a/", "./a", "a/../b", "..", "a/..", "a\\b", "a\0b", "x".repeat(2_000)])(
    "%j is refused",
    (path) => {
      expect(() => partsOf(path)).toThrow("backup-unusable");
    },
  );
});

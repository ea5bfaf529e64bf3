import { describe, expect, test } from "vitest";
import { schemaNamed } from "./schema-named.ts";

describe("A schema", () => {
  test.each(["shop", "..", "a/b", "it's", "naïve", "x".repeat(240), "/".repeat(80), "語".repeat(26)])(
    "may be called %s",
    (name) => {
      expect(schemaNamed(name)).toBe(name);
    },
  );

  test.each([
    ["", "is empty"],
    ["a\0", "cannot be shown"],
    ["a\nb", "cannot be shown"],
    ["\ud83d", "cannot be shown"],
    ["x".repeat(241), "240 bytes"],
    ["/".repeat(81), "240 bytes"],
    ["語".repeat(27), "240 bytes"],
  ])("cannot be called %j, because the name %s", (name, saying) => {
    expect(() => schemaNamed(name)).toThrow(saying);
  });
});

import { describe, expect, test } from "vitest";
import { Sealer } from "./sealer.ts";

const key = (fill: number) => ({ id: fill.toString(16).padStart(16, "0"), bytes: Buffer.alloc(32, fill) });

describe("A sealed text", () => {
  test("is read again with its key and shows nothing of itself before", () => {
    const sealer = new Sealer(key(1));
    const sealed = sealer.seal("CREATE NAMED COLLECTION s3 AS secret = 'hunter2' ✓");
    expect(sealed).not.toContain("hunter2");
    expect(sealed).toMatch(/^v1\.0000000000000001\./);
    expect(sealer.unseal(sealed)).toBe("CREATE NAMED COLLECTION s3 AS secret = 'hunter2' ✓");
    expect(sealer.unseal(sealer.seal(""))).toBe("");
  });

  test("differs each time", () => {
    const sealer = new Sealer(key(1));
    expect(sealer.seal("same")).not.toBe(sealer.seal("same"));
  });

  test("is refused when any part of it was changed", () => {
    const sealer = new Sealer(key(1));
    const sealed = sealer.seal("a text of some length");
    const parts = sealed.split(".");
    for (const [index, part] of parts.entries()) {
      const changed = parts.with(index, (part.startsWith("1") ? "2" : "1") + part.slice(1)).join(".");
      expect(() => sealer.unseal(changed)).toThrow();
    }
    expect(() => sealer.unseal("")).toThrow("not a sealed text");
  });

  test("of another key is refused by the name of that key", () => {
    const sealed = new Sealer(key(2)).seal("x");
    expect(() => new Sealer(key(1)).unseal(sealed)).toThrow("sealed with the key 0000000000000002");
  });
});

import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LmdbFormatError, readLmdb } from "../src/database-backup/lmdb-read.ts";
import { writeLmdb } from "../src/database-backup/lmdb-write.ts";

const read = (file: Uint8Array) =>
  [...readLmdb(file)].map(({ key, value }) => [Buffer.from(key).toString(), Buffer.from(value).toString("hex")]);

const records = (count: number, valueBytes: (at: number) => number) =>
  Array.from({ length: count }, (_, at) => ({
    key: `rank-0/tom-0//data/a/t/all_${at}_${at}_0/x.bin`,
    value: randomBytes(valueBytes(at)),
  }));

describe("An LMDB file", () => {
  test("gives back what was put into it, in the order of its keys, whatever it is", async () => {
    const key = fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 });
    const value = fc.oneof(
      { weight: 6, arbitrary: fc.uint8Array({ maxLength: 100 }) },
      {
        weight: 1,
        arbitrary: fc.integer({ min: 1_900, max: 20_000 }).map((size) => new Uint8Array(randomBytes(size))),
      },
    );
    const generated = fc.uniqueArray(fc.record({ key, value }), {
      selector: (record) => Buffer.from(record.key).toString("hex"),
      maxLength: 200,
    });
    await fc.assert(
      fc.asyncProperty(generated, async (put) => {
        const sorted = [...put].sort((one, other) => Buffer.compare(Buffer.from(one.key), Buffer.from(other.key)));
        expect(read(await writeLmdb(put))).toEqual(
          sorted.map((each) => [Buffer.from(each.key).toString(), Buffer.from(each.value).toString("hex")]),
        );
      }),
      { numRuns: 60 },
    );
  });

  test("of equal records has equal bytes, in whatever order they come", async () => {
    const put = records(500, (at) => (at % 50 === 0 ? 9_000 : 20));
    const one = await writeLmdb(put);
    const other = await writeLmdb([...put].reverse());
    expect(Buffer.compare(one, other)).toBe(0);
  });

  test("holds as many files as a large backup has", async () => {
    const put = records(100_000, () => 150);
    expect([...readLmdb(await writeLmdb(put))]).toHaveLength(100_000);
  });

  test("takes no key twice, no empty one, and none that is too long", async () => {
    const value = Buffer.from("x");
    for (const keys of [["a", "a"], [""], ["x".repeat(1_979)]]) {
      await expect(writeLmdb(keys.map((key) => ({ key, value })))).rejects.toThrow(RangeError);
    }
    expect(read(await writeLmdb([{ key: "x".repeat(1_978), value }]))).toHaveLength(1);
  });
});

describe("A file that somebody tampered with", () => {
  test("is refused, or holds other records: wherever a byte is another one, nothing worse happens", async () => {
    const file = Buffer.from(await writeLmdb(records(400, (at) => (at % 40 === 0 ? 6_000 : 60))));
    let refused = 0;
    const tried = 5_000;
    for (let at = 0; at < tried; at += 1) {
      const place = Math.floor(Math.random() * file.length);
      const before = file[place] ?? 0;
      file[place] = before ^ (1 + Math.floor(Math.random() * 255));
      try {
        // Its first meta page knows of no record yet, and is a right one too.
        expect([0, 400]).toContain(read(file).length);
      } catch (thrown) {
        if (!(thrown instanceof LmdbFormatError)) throw thrown;
        refused += 1;
      }
      file[place] = before;
    }
    expect(refused).toBeGreaterThan(0);
  });

  test.each(["random bytes in its pages", "pages in another order", "pages of other files"])(
    "is refused with %s",
    async (what) => {
      const file = Buffer.from(await writeLmdb(records(2_000, (at) => (at % 40 === 0 ? 6_000 : 60))));
      const other = Buffer.from(await writeLmdb(records(900, () => 700)));
      const pages = Math.floor(file.length / 4096);
      for (let round = 0; round < 300; round += 1) {
        const copy = Buffer.from(file);
        const to = (2 + Math.floor(Math.random() * (pages - 2))) * 4096;
        const from = (2 + Math.floor(Math.random() * (pages - 2))) * 4096;
        if (what === "random bytes in its pages") randomBytes(64).copy(copy, to + Math.floor(Math.random() * 64));
        else if (what === "pages in another order") file.copy(copy, to, from, from + 4096);
        else other.copy(copy, to, from % other.length, (from % other.length) + 4096);
        try {
          expect(read(copy).length).toBeLessThanOrEqual(2_000);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(LmdbFormatError);
        }
      }
    },
  );

  test("is refused when it was cut off anywhere, is empty, or is something else", async () => {
    const file = await writeLmdb(records(300, () => 100));
    for (let size = 0; size < file.length; size += 997) {
      expect(() => read(file.subarray(0, size)), `${size} bytes`).toThrow(LmdbFormatError);
    }
    expect(() => read(new Uint8Array())).toThrow(LmdbFormatError);
    expect(() => read(randomBytes(100_000))).toThrow(LmdbFormatError);
    expect(() => read(Buffer.from('{"format":"snapdeck-database-backup/1"}'.repeat(200)))).toThrow(LmdbFormatError);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { composeParts, type Range } from "./compose-parts.ts";

const MIB = 1024 * 1024;

const rangesOf = (sizes: number[], copies: boolean): Range[] =>
  composeParts(sizes, copies).flatMap((part) => (part.kind === "copy" ? [part.range] : part.ranges));

/** What the bytes are, in order, with neighbours joined. */
function joined(ranges: readonly Range[]): Range[] {
  const all: Range[] = [];
  for (const range of ranges) {
    const before = all.at(-1);
    if (before?.source === range.source && before.to === range.from) all[all.length - 1] = { ...before, to: range.to };
    else all.push(range);
  }
  return all;
}

const bytesOf = (ranges: readonly Range[]) => ranges.reduce((sum, { from, to }) => sum + to - from, 0);

describe("The parts of an object that is made of others", () => {
  test("hold every byte once and in order, and none but the last is too small or held in memory in full", () => {
    const size = fc.oneof(fc.integer({ min: 0, max: 12 * MIB }), fc.integer({ min: 0, max: 3_000 * MIB }));
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 8 }), fc.boolean(), (sizes, copies) => {
        const whole = sizes.flatMap((to, source) => (to === 0 ? [] : [{ source, from: 0, to }]));
        expect(joined(rangesOf(sizes, copies))).toEqual(whole);
        for (const [at, part] of composeParts(sizes, copies).entries()) {
          const bytes = bytesOf(part.kind === "copy" ? [part.range] : part.ranges);
          if (part.kind === "read") expect(bytes).toBeLessThanOrEqual(8 * MIB);
          else expect(copies).toBe(true);
          if (at < composeParts(sizes, copies).length - 1) expect(bytes).toBeGreaterThanOrEqual(5 * MIB);
        }
      }),
    );
  });

  test("are copied by the server where they are large enough", () => {
    expect(composeParts([6 * MIB, 3], true).map(({ kind }) => kind)).toEqual(["copy", "copy"]);
    expect(composeParts([3, 6 * MIB], true).map(({ kind }) => kind)).toEqual(["read", "copy"]);
    expect(composeParts([6 * MIB, 3], false).map(({ kind }) => kind)).toEqual(["read"]);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JobSequence } from "./job-sequence.ts";

describe("Changes that are told the wrong way round", () => {
  test("are put in order, each once", () => {
    const orders = fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 6 });
    fc.assert(
      fc.property(orders, fc.array(fc.integer({ min: 1, max: 6 })), (order, again) => {
        const sequence = new JobSequence<number>(0);
        const passedOn = [...order, ...again].flatMap((seq) => sequence.offer(seq, seq * 10));
        expect(passedOn).toEqual([1, 2, 3, 4, 5, 6].map((seq) => ({ seq, value: seq * 10 })));
        expect(sequence.isMissing).toBe(false);
      }),
    );
  });

  test("wait for one that was never told, until it is read or given up", () => {
    const sequence = new JobSequence<string>(3);
    expect(sequence.offer(5, "five")).toEqual([]);
    expect(sequence.isMissing).toBe(true);
    expect(sequence.offer(4, "four")).toEqual([
      { seq: 4, value: "four" },
      { seq: 5, value: "five" },
    ]);
    expect(sequence.offer(9, "nine")).toEqual([]);
    sequence.skipTo(9);
    expect(sequence.isMissing).toBe(false);
    expect(sequence.offer(10, "ten")).toEqual([{ seq: 10, value: "ten" }]);
  });

  test("that were passed on before are not passed on again", () => {
    const sequence = new JobSequence<string>(3);
    expect(sequence.offer(3, "three")).toEqual([]);
    expect(sequence.isMissing).toBe(false);
  });
});

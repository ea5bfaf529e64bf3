import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Follower, MOST_HELD } from "./follower.ts";

const change = (seq: number) => ({ seq, value: `change ${seq}` });
const upTo = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index + 1);

describe("A reader that comes back", () => {
  test("gets what happened meanwhile after what it missed", () => {
    const follower = new Follower<string>(3);
    expect(follower.happened(change(6))).toBe("held");
    expect([4, 5].map((seq) => follower.replayed(change(seq)))).toEqual([true, true]);
    expect(follower.cutOver()).toEqual([change(6)]);
    expect(follower.happened(change(7))).toBe("send");
  });

  test("gets nothing twice that is both in the store and told as it happens", () => {
    const follower = new Follower<string>(3);
    for (const seq of [4, 5]) follower.happened(change(seq));
    for (const seq of [4, 5]) expect(follower.replayed(change(seq))).toBe(true);
    expect(follower.cutOver()).toEqual([]);
    expect(follower.happened(change(5))).toBe("seen");
  });

  test("gets every change once and in order, whenever it comes and however long its replay takes", () => {
    const moments = fc.record({
      since: fc.nat(20),
      attachedAt: fc.nat(20),
      replayedTo: fc.nat(20),
      cutOverAt: fc.nat(20),
      last: fc.nat(20),
    });
    fc.assert(
      fc.property(moments, (drawn) => {
        // The order in which things happen: it knows `since`, attaches, reads the store, cuts over, goes on.
        const [since = 0, attachedAt = 0, replayedTo = 0, cutOverAt = 0, last = 0] = Object.values(drawn).sort(
          (a, b) => a - b,
        );
        const follower = new Follower<string>(since);
        const got: number[] = [];
        const live = (seq: number) => {
          if (follower.happened(change(seq)) === "send") got.push(seq);
        };
        upTo(attachedAt, replayedTo).forEach(live);
        for (const seq of upTo(since, replayedTo)) if (follower.replayed(change(seq))) got.push(seq);
        upTo(replayedTo, cutOverAt).forEach(live);
        got.push(...follower.cutOver().map(({ seq }) => seq));
        upTo(cutOverAt, last).forEach(live);
        expect(got).toEqual(upTo(since, last));
        expect(follower.last).toBe(last);
      }),
    );
  });

  test("is told to start again when its replay takes too long", () => {
    const follower = new Follower<string>(0);
    for (const seq of upTo(0, MOST_HELD)) expect(follower.happened(change(seq))).toBe("held");
    expect(follower.happened(change(MOST_HELD + 1))).toBe("too-many");
  });
});

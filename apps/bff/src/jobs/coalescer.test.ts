import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Coalescer } from "./coalescer.ts";

describe("many values in a short time", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("are passed on as the first at once and the newest in each interval", () => {
    const passed: number[] = [];
    const coalescer = new Coalescer<number>(100, (value) => passed.push(value));
    for (let n = 0; n < 25; n += 1) {
      coalescer.offer(n);
      vi.advanceTimersByTime(10);
    }
    expect(passed).toEqual([0, 9, 19]);
    vi.advanceTimersByTime(100);
    expect(passed).toEqual([0, 9, 19, 24]);
  });

  test("are not passed on after the end", () => {
    const passed: number[] = [];
    const coalescer = new Coalescer<number>(100, (value) => passed.push(value));
    coalescer.offer(1);
    coalescer.offer(2);
    coalescer.stop();
    vi.advanceTimersByTime(1_000);
    expect(passed).toEqual([1]);
  });
});

import { describe, expect, test } from "vitest";
import { type Sample, withSample } from "./throughput.ts";

const progress = (measuredAt: string, bytesPerSecond?: number) => ({
  measuredAt,
  bytesDone: 1,
  bytesTotal: 2,
  filesDone: 0,
  filesTotal: 0,
  ranks: [],
  ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
});

describe("The chart of a job's speed", () => {
  test("has a point for each measurement, once", () => {
    const one = withSample([], progress("2026-11-22T13:00:01.000Z", 10));
    expect(one).toEqual([{ at: "2026-11-22T13:00:01.000Z", bytesPerSecond: 10 }]);
    expect(withSample(one, progress("2026-11-22T13:00:01.000Z", 10))).toBe(one);
    expect(withSample(one, progress("2026-11-22T13:00:00.000Z", 99))).toBe(one);
  });

  test("has no point where the speed is not known", () => {
    const none: Sample[] = [];
    expect(withSample(none, progress("2026-11-22T13:00:01.000Z"))).toBe(none);
  });

  test("keeps the last 120 points", () => {
    let samples: readonly Sample[] = [];
    for (let second = 0; second < 130; second += 1) {
      samples = withSample(samples, progress(new Date(second * 1000).toISOString(), second));
    }
    expect(samples).toHaveLength(120);
    expect(samples[0]?.bytesPerSecond).toBe(10);
  });
});

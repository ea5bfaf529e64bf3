import type { RankProgress } from "@snapdeck/contract/job";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EMPTY_METER, measure } from "./progress-meter.ts";

const rank = (changes: Partial<RankProgress> = {}): RankProgress => ({
  rank: 0,
  bytesDone: 0,
  bytesTotal: 1_000,
  filesDone: 0,
  filesTotal: 10,
  ...changes,
});

function measured(reports: { atMs: number; ranks: RankProgress[] }[]) {
  let meter = EMPTY_METER;
  const seen = [];
  for (const { atMs, ranks } of reports) {
    const step = measure(meter, ranks, new Date(atMs).toISOString(), atMs);
    meter = step.meter;
    seen.push(step.progress);
  }
  return seen;
}

describe("progress", () => {
  test("says nothing of speed or time left after one measurement", () => {
    const [first] = measured([{ atMs: 0, ranks: [rank({ bytesDone: 100 })] }]);
    expect(first).toMatchObject({ bytesDone: 100, bytesTotal: 1_000 });
    expect(first).not.toHaveProperty("bytesPerSecond");
    expect(first).not.toHaveProperty("etaMs");
  });

  test("tells speed and time left from the last seconds", () => {
    const last = measured([
      { atMs: 0, ranks: [rank()] },
      { atMs: 1_000, ranks: [rank({ bytesDone: 250 })] },
    ]).at(-1);
    expect(last).toMatchObject({ bytesPerSecond: 250, etaMs: 3_000 });
  });

  test("forgets how fast it was at the start", () => {
    const last = measured([
      { atMs: 0, ranks: [rank()] },
      { atMs: 1_000, ranks: [rank({ bytesDone: 900 })] },
      { atMs: 6_000, ranks: [rank({ bytesDone: 910 })] },
      { atMs: 7_000, ranks: [rank({ bytesDone: 920 })] },
    ]).at(-1);
    expect(last?.bytesPerSecond).toBe(10);
  });

  test("promises no end while nothing moves", () => {
    const last = measured([
      { atMs: 0, ranks: [rank({ bytesDone: 100 })] },
      { atMs: 2_000, ranks: [rank({ bytesDone: 100 })] },
    ]).at(-1);
    expect(last?.bytesPerSecond).toBe(0);
    expect(last).not.toHaveProperty("etaMs");
  });

  test("knows no total while one rank does not know its own", () => {
    const [first] = measured([{ atMs: 0, ranks: [rank(), rank({ rank: 1, bytesTotal: 0 })] }]);
    expect(first?.bytesTotal).toBe(0);
  });

  test("never goes back and never exceeds its total, whatever the engine reports", () => {
    const report = fc.record({
      bytesDone: fc.nat(5_000),
      bytesTotal: fc.nat(5_000),
      filesDone: fc.nat(50),
      filesTotal: fc.nat(50),
    });
    fc.assert(
      fc.property(fc.array(report, { minLength: 1, maxLength: 30 }), (reports) => {
        const seen = measured(reports.map((each, index) => ({ atMs: index * 200, ranks: [rank(each)] })));
        seen.reduce((before, now) => {
          expect(now.bytesDone).toBeGreaterThanOrEqual(before.bytesDone);
          expect(now.filesDone).toBeGreaterThanOrEqual(before.filesDone);
          return now;
        });
        for (const each of seen) if (each.bytesTotal > 0) expect(each.bytesDone).toBeLessThanOrEqual(each.bytesTotal);
      }),
    );
  });
});

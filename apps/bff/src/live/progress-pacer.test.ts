import { describe, expect, test } from "vitest";
import { ProgressPacer } from "./progress-pacer.ts";

describe("Progress that comes faster than it can be read", () => {
  test("is shown at once, and then as its newest ten times a second", () => {
    const pacer = new ProgressPacer<number>(() => 100);
    const shown: [number, number][] = [];
    for (let ms = 0; ms <= 300; ms += 10) {
      for (const value of pacer.due(ms)) shown.push([ms, value]);
      const value = pacer.offer("job", ms, ms);
      if (value !== undefined) shown.push([ms, value]);
    }
    expect(shown).toEqual([
      [0, 0],
      [100, 90],
      [200, 190],
      [300, 290],
    ]);
  });

  test("of one job does not hold up another's", () => {
    const pacer = new ProgressPacer<string>(() => 100);
    expect(pacer.offer("one", "a", 0)).toBe("a");
    expect(pacer.offer("two", "b", 0)).toBe("b");
    expect(pacer.offer("one", "c", 50)).toBeUndefined();
    expect(pacer.nextDueMs()).toBe(100);
  });

  test("is not shown after the end of its job", () => {
    const pacer = new ProgressPacer<string>(() => 100);
    pacer.offer("job", "a", 0);
    pacer.offer("job", "b", 50);
    pacer.forget("job");
    expect(pacer.due(1000)).toEqual([]);
    expect(pacer.nextDueMs()).toBeUndefined();
  });
});

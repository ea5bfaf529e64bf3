import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SilenceWatch } from "./silence-watch.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A watch of 10 minutes, and what it did. */
function watched() {
  const did: string[] = [];
  const watch = new SilenceWatch(600_000, () => did.push("told to stop"));
  watch.givenUp.catch(({ code }: { code: string }) => did.push(code));
  return { watch, did };
}

describe("work that is watched", () => {
  test("is told to stop after ten minutes without a word, and given up a minute later", async () => {
    const { watch, did } = watched();
    await vi.advanceTimersByTimeAsync(599_999);
    expect(did).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(did).toEqual(["told to stop"]);
    expect(() => watch.mustGoOn()).not.toThrow();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(did).toEqual(["told to stop", "no-progress"]);
    expect(() => watch.mustGoOn()).toThrow("no-progress");
  });

  test("is left alone while it says something, and once it has ended", async () => {
    const { watch, did } = watched();
    for (let n = 0; n < 10; n += 1) {
      await vi.advanceTimersByTimeAsync(500_000);
      watch.heard();
    }
    watch.end();
    await vi.advanceTimersByTimeAsync(10_000_000);
    expect(did).toEqual([]);
  });

  test("that says something after it was told to stop is waited for again", async () => {
    const { watch, did } = watched();
    await vi.advanceTimersByTimeAsync(600_000);
    watch.heard();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(did).toEqual(["told to stop"]);
  });
});

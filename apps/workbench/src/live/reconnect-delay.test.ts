import { describe, expect, test } from "vitest";
import { reconnectDelayMs } from "./reconnect-delay.ts";

describe("Reconnecting", () => {
  test.each([
    [0, 125],
    [1, 1000],
    [2, 3000],
    [3, 10_000],
    [50, 10_000],
  ])("waits after %d failures for %d ms", (failures, delayMs) => expect(reconnectDelayMs(failures, 0.5)).toBe(delayMs));

  test("is spread by a fifth, so that many pages do not come back at the same instant", () => {
    expect(reconnectDelayMs(3, 0)).toBe(8000);
    expect(reconnectDelayMs(3, 0.999)).toBeCloseTo(12_000, -2);
  });
});

import { describe, expect, test } from "vitest";
import { throughputText } from "./throughput-text.ts";

const at = "2026-11-22T14:05:00.000Z";

describe("The throughput chart in words", () => {
  test("tells the speed now, the highest and the lowest", () => {
    const samples = [900e6, 640e6, 812e6].map((bytesPerSecond) => ({ at, bytesPerSecond }));
    expect(throughputText(samples)).toBe("Throughput: now 812.0 MB/s, highest 900.0 MB/s, lowest 640.0 MB/s");
  });

  test("admits that nothing was measured yet", () => {
    expect(throughputText([])).toBe("Throughput: not measured yet");
  });
});

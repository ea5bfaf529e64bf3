import { describe, expect, test } from "vitest";
import { formatBytes, formatBytesOf } from "./bytes.ts";
import { formatDuration } from "./duration.ts";
import { formatEta } from "./eta.ts";
import { formatAge } from "./format-age.ts";
import { formatMoment } from "./moment.ts";
import { formatRate } from "./rate.ts";
import { formatCounted, formatRows } from "./rows.ts";

describe("Bytes", () => {
  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [999_949, "999.9 kB"],
    [999_950, "1.0 MB"],
    [2_216_000_000, "2.2 GB"],
    [5e18, "5000.0 PB"],
  ])("%d are shown as %s", (sizeBytes, text) => expect(formatBytes(sizeBytes)).toBe(text));

  test("done of total says a shared unit once", () => {
    expect(formatBytesOf(1_400_000_000, 2_200_000_000)).toBe("1.4 of 2.2 GB");
    expect(formatBytesOf(12_300_000, 2_200_000_000)).toBe("12.3 MB of 2.2 GB");
  });

  test("a speed that is not known is a dash, never zero", () => {
    expect(formatRate(undefined)).toBe("–");
    expect(formatRate(812_400_000)).toBe("812.4 MB/s");
  });
});

describe("Durations", () => {
  test.each([
    [0, "0.0 s"],
    [3149, "3.1 s"],
    [9960, "10 s"],
    [59_499, "59 s"],
    [59_700, "1 min"],
    [192_000, "3 min 12 s"],
    [7_500_000, "2 h 5 min"],
    [273_600_000, "3 d 4 h"],
  ])("%d ms is shown as %s", (durationMs, text) => expect(formatDuration(durationMs)).toBe(text));

  test.each([
    [undefined, "calculating…"],
    [120, "about 1 s"],
    [4100, "about 5 s"],
    [185_000, "about 3 min 5 s"],
  ])("an end that is %s ms away is shown as %s", (etaMs, text) => expect(formatEta(etaMs)).toBe(text));
});

describe("Rows", () => {
  test.each([
    [0, "0"],
    [9999, "9,999"],
    [12_345, "12.3 k"],
    [999_950, "1.0 M"],
    [82_412_007, "82.4 M"],
    [4_000_000_000, "4.0 G"],
  ])("%d are shown as %s", (rows, text) => expect(formatRows(rows)).toBe(text));

  test("one thing is not plural", () => {
    expect(formatCounted(1, "table")).toBe("1 table");
    expect(formatCounted(0, "table")).toBe("0 tables");
    expect(formatCounted(2, "reply", "replies")).toBe("2 replies");
  });
});

describe("Moments", () => {
  const at = "2026-11-22T13:00:00.000Z";
  const atMs = Date.parse(at);
  test.each([
    [-4000, "just now"],
    [1500, "just now"],
    [12_900, "12 s ago"],
    [60_000, "1 minute ago"],
    [12 * 60_000, "12 minutes ago"],
    [3 * 3_600_000, "3 hours ago"],
    [26 * 3_600_000, "26 hours ago"],
    [49 * 3_600_000, "2 days ago"],
  ])("%d ms later it is %s", (laterMs, text) => expect(formatAge(at, atMs + laterMs)).toBe(text));

  test("an exact moment names its zone", () => {
    expect(formatMoment(at, "Europe/Vienna")).toBe("22 Nov 2026, 14:00:00 CET");
  });
});

import { describe, expect, test } from "vitest";
import { aJob } from "./a-job.ts";
import { withJob } from "./remember-job.ts";

const at = "2026-11-22T14:05:00.000Z";
const running = aJob({ seq: 5 });
const canceled = aJob({ seq: 6, state: { name: "canceled", endedAt: at, canceledBy: "ana" } });

describe("A job that the server answered with", () => {
  test("enters the activity at the top", () => {
    expect(withJob({ items: [], seq: 4 }, running)).toEqual({ items: [running], seq: 4 });
  });

  test("does not come back when the list saw it end before its answer arrived", () => {
    expect(withJob({ items: [], seq: 9 }, running).items).toEqual([]);
  });

  test("leaves the activity when it has ended", () => {
    expect(withJob({ items: [running], seq: 5 }, canceled).items).toEqual([]);
  });

  test("does not undo what the live stream brought meanwhile", () => {
    const later = { items: [aJob({ seq: 7 })], seq: 7 };
    expect(withJob(later, canceled)).toBe(later);
  });
});

import { Job } from "@snapdeck/contract/job";
import { describe, expect, test } from "vitest";
import { MOST_TRIES, nextTryAt } from "./own-proof-tries.ts";

const ENDED = "2026-11-22T14:00:00.000Z";

function ended(name: "failed" | "interrupted" | "canceled", code = "interrupted"): Job {
  return Job.parse({
    id: "6f1c0a52-6c1c-4b53-9a3e-0d1b7c7a0b11",
    clusterId: "local",
    work: { kind: "verify-backup", backupId: "20261122-140000-000000000000", level: "L2" },
    requestedBy: "system",
    requestedAt: ENDED,
    attempt: 1,
    seq: 1,
    state: {
      name,
      startedAt: ENDED,
      endedAt: ENDED,
      ...(name === "canceled"
        ? { canceledBy: "ana" }
        : { problem: { type: "about:blank", title: "It failed", status: 503, code, retryable: true } }),
    },
  });
}

describe("a proof that Snapdeck began by itself", () => {
  test.each(["store-unavailable", "no-progress", "disk-full"])("is tried again after %s, later each time", (code) => {
    const waitsMs = Array.from({ length: MOST_TRIES - 1 }, (_, tried) => {
      const at = nextTryAt(ended("failed", code), tried + 1);
      return at === undefined ? undefined : at - Date.parse(ENDED);
    });
    expect(waitsMs).toEqual([600_000, 3_600_000, 14_400_000]);
    expect(nextTryAt(ended("failed", code), MOST_TRIES)).toBeUndefined();
  });

  test("is tried again when whoever drove it is gone", () => {
    expect(nextTryAt(ended("interrupted"), 1)).toBe(Date.parse(ENDED) + 600_000);
  });

  test.each(["proof-failed", "backup-unusable", "internal", "interrupted"])("is not tried again after %s", (code) => {
    expect(nextTryAt(ended("failed", code), 1)).toBeUndefined();
  });

  test("is not tried again when somebody canceled it", () => {
    expect(nextTryAt(ended("canceled"), 1)).toBeUndefined();
  });
});

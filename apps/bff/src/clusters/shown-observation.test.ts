import type { ClusterObservation } from "@snapdeck/core/ports/cluster";
import { describe, expect, test } from "vitest";
import { looksOf, shownObservation } from "./shown-observation.ts";

const T0 = "2026-11-22T14:00:00.000Z";

function running(changes: Partial<ClusterObservation> = {}): ClusterObservation {
  return {
    engine: { name: "memory", version: "1" },
    state: "running",
    observedAt: T0,
    ranks: [{ rank: 0, state: "up", place: "here", diskFreeBytes: 10_000_000_000 }],
    ...changes,
  };
}

const silent = running({
  state: "unreachable",
  observedAt: "2026-11-22T14:00:09.000Z",
  detail: "no answer",
  ranks: [],
});

describe("a cluster that does not answer", () => {
  test("is shown as it was while its last answer is young", () => {
    expect(shownObservation(silent, { observation: running(), ageMs: 4_999 }, 5_000)).toEqual(running());
  });

  test("is unreachable after the deadline, with its ranks, for which nobody can vouch", () => {
    expect(shownObservation(silent, { observation: running(), ageMs: 5_000 }, 5_000)).toEqual({
      ...running(),
      state: "unreachable",
      detail: "no answer",
      ranks: [{ rank: 0, state: "unknown", place: "here", diskFreeBytes: 10_000_000_000 }],
    });
  });

  test("is unreachable at once when it never answered", () => {
    expect(shownObservation(silent, undefined, 5_000)).toEqual(silent);
  });
});

describe("what a person sees", () => {
  test("changes with the state and not with every byte of free space", () => {
    const busy = running({ ranks: [{ rank: 0, state: "up", place: "here", diskFreeBytes: 10_000_100_000 }] });
    expect(looksOf(busy)).toBe(looksOf(running({ observedAt: "2026-11-22T15:00:00.000Z" })));
    expect(looksOf(running({ state: "suspended" }))).not.toBe(looksOf(running()));
    const fuller = running({ ranks: [{ rank: 0, state: "up", place: "here", diskFreeBytes: 9_000_000_000 }] });
    expect(looksOf(fuller)).not.toBe(looksOf(running()));
  });
});

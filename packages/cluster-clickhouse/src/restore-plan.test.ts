import type { HostRank } from "@snapdeck/contract/host";
import { JobId } from "@snapdeck/contract/scalars";
import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "./cluster-parts.ts";
import { assertFloor, spaceFor } from "./restore-plan.ts";

const { floorBytes } = DEFAULT_SETTINGS;

function aRank(diskFreeBytes: number): HostRank {
  return { rank: 0, state: "down", since: "2026-11-22T14:00:00.000Z", diskFreeBytes, diskTotalBytes: 10 ** 12 };
}

test("A restore that filled the disk is not swapped in, whatever its engines say", () => {
  const parts = { settings: DEFAULT_SETTINGS };
  expect(() => assertFloor(parts, { ranks: [aRank(floorBytes)] })).not.toThrow();
  expect(() => assertFloor(parts, { ranks: [aRank(10 ** 12), aRank(floorBytes - 1)] })).toThrow("disk-full");
});

test("I22: Bytes that an open restore or trial still needs are free for nobody else", () => {
  const parts = { settings: DEFAULT_SETTINGS };
  const [mine, other] = ["5b0f7d3e-7f5e-4f2f-9d67-0d6f4f1f0a01", "5b0f7d3e-7f5e-4f2f-9d67-0d6f4f1f0a02"];
  const manifest = { ranks: [{ sizeBytes: 1_000 }, { sizeBytes: 1_000 }] };
  const status = (stillNeededBytes: number) => ({
    ranks: [aRank(10_000), aRank(10_000)],
    filling: [
      { operationId: mine, stillNeededBytes: 9_999 },
      { operationId: other, stillNeededBytes },
    ],
  });
  const jobId = JobId.parse(mine);
  const neededBytes = 2_200 + floorBytes;
  expect(spaceFor(parts, manifest, status(4_000), jobId)).toEqual({ neededBytes, freeBytes: 6_000 });
  expect(spaceFor(parts, manifest, status(40_000), jobId)).toEqual({ neededBytes, freeBytes: 0 });
  expect(spaceFor(parts, manifest, { ranks: [aRank(10_000)] })).toEqual({ neededBytes, freeBytes: 10_000 });
});

import type { HostRank } from "@snapdeck/contract/host";
import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "./cluster-parts.ts";
import { assertFloor } from "./restore-plan.ts";

const { floorBytes } = DEFAULT_SETTINGS;

function aRank(diskFreeBytes: number): HostRank {
  return { rank: 0, state: "down", since: "2026-11-22T14:00:00.000Z", diskFreeBytes, diskTotalBytes: 10 ** 12 };
}

test("A restore that filled the disk is not swapped in, whatever its engines say", () => {
  const parts = { settings: DEFAULT_SETTINGS };
  expect(() => assertFloor(parts, { ranks: [aRank(floorBytes)] })).not.toThrow();
  expect(() => assertFloor(parts, { ranks: [aRank(10 ** 12), aRank(floorBytes - 1)] })).toThrow("disk-full");
});

import { expect, test } from "vitest";
import { aCluster } from "./a-backup.ts";
import { previousDataWarning } from "./previous-data-warning.ts";

test("a restore says that the one before it can then no longer be undone", () => {
  const nowMs = Date.parse("2026-11-22T14:05:00.000Z");
  const previousData = { restoreId: "0191a3c0-0000-4000-8000-000000000001", swappedAt: "2026-11-22T14:02:00.000Z" };
  expect(previousDataWarning(aCluster({ previousData }), nowMs, "UTC")).toEqual([
    "The restore of today 14:02 can then no longer be undone: the data from before it gives way to what the cluster holds now.",
  ]);
  expect(previousDataWarning(aCluster(), nowMs)).toEqual([]);
});

import { expect, test } from "vitest";
import { newBackupId } from "./new-backup-id.ts";

test("a backup's id tells when it was taken, and sorts by it", () => {
  const id = newBackupId("2026-11-22T14:30:12.345Z", () => "6F1C0A52-6c1c-4b53-9a3e-4F1C9A2BE07D");
  expect(id).toBe("20261122-143012-4f1c9a2be07d");
});

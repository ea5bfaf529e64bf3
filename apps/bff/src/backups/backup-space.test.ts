import { expect, test } from "vitest";
import { mustHaveRoomForBackup, mustHaveRoomForRestore } from "./backup-space.ts";

const MIB = 1024 * 1024;

test("a backup needs its size, a tenth more, and a floor that stays free", () => {
  const needed = 1_100 * MIB + 64 * MIB;
  expect(() => mustHaveRoomForBackup({ sizeBytes: 1_000 * MIB, freeBytes: needed + 1 })).not.toThrow();
  expect(() => mustHaveRoomForBackup({ sizeBytes: 1_000 * MIB, freeBytes: undefined })).not.toThrow();
  expect(() => mustHaveRoomForBackup({ sizeBytes: 1_000 * MIB, freeBytes: needed - 1 })).toThrow(
    "a backup may need 1.1 GiB and the store has 1.1 GiB free; nothing was written",
  );
});

test("a restore is refused with the numbers", () => {
  expect(() => mustHaveRoomForRestore({ neededBytes: 5, freeBytes: 5 })).not.toThrow();
  expect(() => mustHaveRoomForRestore({ neededBytes: 3 * MIB, freeBytes: 0 })).toThrow("needs 3.0 MiB");
});

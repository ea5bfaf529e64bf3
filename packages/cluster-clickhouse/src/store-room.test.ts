import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "./cluster-parts.ts";
import { StoreRoom } from "./store-room.ts";

const { floorBytes } = DEFAULT_SETTINGS;

function roomWith(freeBytes: number | undefined | Error) {
  const store = {
    name: "shelf",
    space: async () => {
      if (freeBytes instanceof Error) throw freeBytes;
      return freeBytes === undefined ? undefined : { freeBytes, totalBytes: freeBytes * 2 };
    },
  };
  return new StoreRoom({ settings: DEFAULT_SETTINGS }, store, { what: "copy", hint: "Make room." });
}

test("I22: what cannot fit with a tenth more and the floor is refused with numbers, before anything is written", async () => {
  await roomWith(floorBytes + 1_100).assertRoom(1_000);
  const refused = roomWith(floorBytes + 1_099).assertRoom(1_000);
  await expect(refused).rejects.toMatchObject({
    code: "disk-full",
    detail: `the copy needs ${floorBytes + 1_100} bytes and the store shelf has ${floorBytes + 1_099}; nothing was written`,
    hint: "Make room.",
  });
});

test("I22: what was written while the store fell below its floor is not trusted", async () => {
  await roomWith(floorBytes).assertFloor();
  await expect(roomWith(floorBytes - 1).assertFloor()).rejects.toMatchObject({ code: "disk-full" });
});

test("a failure on a store that is full is told as a full store, and any other as what it is", async () => {
  const failure = new SnapdeckError("proof-failed", "a file is short");
  const lost = new SnapdeckError("rank-lost", "its process ended");
  expect(await roomWith(floorBytes - 1).asDiskFull(failure)).toMatchObject({ code: "disk-full", cause: failure });
  expect(await roomWith(floorBytes - 1).asDiskFull(lost)).toBe(lost);
  expect(await roomWith(floorBytes).asDiskFull(failure)).toBe(failure);
  expect(await roomWith(new Error("silent")).asDiskFull(failure)).toBe(failure);
});

test("a store that knows of no end of its room never lacks any", async () => {
  const room = roomWith(undefined);
  await room.assertRoom(Number.MAX_SAFE_INTEGER);
  await room.assertFloor();
  room.watch().look();
});

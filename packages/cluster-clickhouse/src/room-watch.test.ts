import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DEFAULT_SETTINGS } from "./cluster-parts.ts";
import { RoomWatch } from "./room-watch.ts";

const { floorBytes } = DEFAULT_SETTINGS;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A watch of a disk that has `answers` bytes free, one after the other, and how often it was measured. */
function watchOf(...answers: (number | undefined | Error)[]) {
  let measured = 0;
  const watch = new RoomWatch(
    { settings: DEFAULT_SETTINGS },
    async () => {
      const answer = answers[measured];
      measured += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    (freeBytes) => new SnapdeckError("disk-full", `${freeBytes} bytes are left`),
  );
  /** Work that calls it every 50 ms for so long. */
  const workFor = async (ms: number) => {
    for (let at = 0; at < ms; at += 50) {
      watch.look();
      await vi.advanceTimersByTimeAsync(50);
    }
  };
  return { watch, workFor, measured: () => measured };
}

test("I22: work that fills a disk to its floor is ended within a second or two, with numbers", async () => {
  const { workFor, measured } = watchOf(floorBytes * 9, floorBytes, floorBytes - 1);
  await workFor(2_000);
  expect(measured()).toBeLessThanOrEqual(3);
  await expect(workFor(200)).rejects.toMatchObject({ code: "disk-full", detail: `${floorBytes - 1} bytes are left` });
});

test("a disk that is measured in vain, or has no end, ends nothing", async () => {
  const { workFor, measured } = watchOf(new Error("silent"), undefined, new Error("silent"), undefined);
  await workFor(3_900);
  expect(measured()).toBeGreaterThan(2);
});

test("a measurement that hangs holds nobody up, and is not asked for twice", async () => {
  let asked = 0;
  const watch = new RoomWatch(
    { settings: DEFAULT_SETTINGS },
    () => {
      asked += 1;
      return new Promise(() => undefined);
    },
    () => new SnapdeckError("disk-full", "full"),
  );
  for (let at = 0; at < 100; at += 1) {
    watch.look();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(asked).toBe(1);
});

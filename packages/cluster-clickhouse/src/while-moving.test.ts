import { expect, test } from "vitest";
import { whileMoving } from "./while-moving.ts";

test("a slow step says that it goes on each time after it moved, and nothing while it hangs", async () => {
  let move: () => void = () => undefined;
  let end: (answer: number) => void = () => undefined;
  const work = whileMoving((moved) => {
    move = moved;
    return new Promise<number>((resolve) => {
      end = resolve;
    });
  }, 1);
  for (let turn = 0; turn < 3; turn += 1) {
    const next = work.next();
    move();
    move();
    expect(await next).toEqual({ done: false, value: { type: "moving" } });
  }
  // It would be told of within a millisecond, and this waits for twenty times that.
  const next = work.next();
  const hung = new Promise((resolve) => setTimeout(() => resolve("silent"), 20));
  expect(await Promise.race([next, hung])).toBe("silent");
  end(7);
  expect(await next).toEqual({ done: true, value: 7 });
});

test("what a step answers or throws is passed on at once", async () => {
  expect(await whileMoving(async () => 7).next()).toEqual({ done: true, value: 7 });
  const failing = whileMoving(async (moved) => {
    moved();
    throw new Error("the disk");
  });
  await expect(failing.next()).rejects.toThrow("the disk");
});

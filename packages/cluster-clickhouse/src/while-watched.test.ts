import { expect, test } from "vitest";
import { whileWatched } from "./while-watched.ts";

const NEVER = new AbortController().signal;

/** Work that goes on until somebody ends it, as a scan does whose answer is taken back, and what is known of it. */
function endless() {
  const seen = { wasEnded: false, hasEnded: false };
  const work = (until: AbortSignal) =>
    new Promise<never>((_, reject) => {
      until.addEventListener("abort", () => {
        seen.wasEnded = true;
        setTimeout(() => {
          seen.hasEnded = true;
          reject(new Error("ended"));
        }, 5);
      });
    });
  return { seen, work };
}

async function reportsOf<R>(watching: AsyncGenerator<R, unknown>): Promise<{ reports: R[]; answer: unknown }> {
  const reports: R[] = [];
  for (;;) {
    const step = await watching.next();
    if (step.done) return { reports, answer: step.value };
    reports.push(step.value);
  }
}

test("work is looked at again and again until it is done, and its answer is passed on", async () => {
  let end: (answer: string) => void = () => undefined;
  let looks = 0;
  const watching = whileWatched(
    () =>
      new Promise<string>((resolve) => {
        end = resolve;
      }),
    {
      pollMs: 1,
      signal: NEVER,
      look: () => {
        looks += 1;
        if (looks === 3) end("whole");
        return looks;
      },
    },
  );
  expect(await reportsOf(watching)).toEqual({ reports: [1, 2, 3], answer: "whole" });
});

test("what the work throws is thrown, and work that is done at once is not looked at", async () => {
  const look = () => "looked";
  const watch = { pollMs: 1, signal: NEVER, look };
  const failing = whileWatched(async () => Promise.reject(new Error("the disk")), watch);
  await expect(reportsOf(failing)).rejects.toThrow("the disk");
  expect(await reportsOf(whileWatched(async () => 7, watch))).toEqual({ reports: [], answer: 7 });
});

test("work that stands still is ended and waited for, and the reason is what the look says", async () => {
  const { seen, work } = endless();
  const look = () => Promise.reject(new Error("no row was read"));
  await expect(reportsOf(whileWatched(work, { pollMs: 1, signal: NEVER, look }))).rejects.toThrow("no row was read");
  expect(seen).toEqual({ wasEnded: true, hasEnded: true });
});

test("work that may hang is ended and not waited for", async () => {
  const { seen, work } = endless();
  const look = () => Promise.reject(new Error("no row was read"));
  const watching = whileWatched(work, { pollMs: 1, signal: NEVER, look, isAwaited: false });
  await expect(reportsOf(watching)).rejects.toThrow("no row was read");
  expect(seen).toEqual({ wasEnded: true, hasEnded: false });
});

test("work that is stopped is ended, waited for and answers nothing, whatever it fails with", async () => {
  const { seen, work } = endless();
  const stop = new AbortController();
  const watching = whileWatched(work, { pollMs: 1, signal: stop.signal, look: () => stop.abort() });
  expect(await reportsOf(watching)).toEqual({ reports: [undefined], answer: undefined });
  expect(seen).toEqual({ wasEnded: true, hasEnded: true });
});

test("work that was stopped before it began is not begun", async () => {
  let isBegun = false;
  const work = async () => {
    isBegun = true;
  };
  const watch = { pollMs: 1, signal: AbortSignal.abort(), look: () => undefined };
  expect(await reportsOf(whileWatched(work, watch))).toEqual({ reports: [], answer: undefined });
  expect(isBegun).toBe(false);
});

test("work whose listener leaves is ended", async () => {
  const { seen, work } = endless();
  for await (const _ of whileWatched(work, { pollMs: 1, signal: NEVER, look: () => "moving" })) break;
  expect(seen).toEqual({ wasEnded: true, hasEnded: true });
});

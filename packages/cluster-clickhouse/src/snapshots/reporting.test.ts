import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { expect, test } from "vitest";
import { reporting, tellingMoves } from "./reporting.ts";

const progress = (bytesDone: number): WorkReport => ({
  type: "progress",
  ranks: [{ rank: 0, bytesDone, bytesTotal: 9, filesDone: 0, filesTotal: 1 }],
});

async function all<T>(work: AsyncGenerator<WorkReport, T>): Promise<{ reports: WorkReport[]; answer: T }> {
  const reports: WorkReport[] = [];
  for (;;) {
    const step = await work.next();
    if (step.done) return { reports, answer: step.value };
    reports.push(step.value);
  }
}

test("hands on every phase in order, and of numbers that nobody took yet the newest", async () => {
  const { reports, answer } = await all(
    reporting(async (report) => {
      report(progress(1));
      report(progress(2));
      report({ type: "phase", phase: "removing" });
      report({ type: "moving" });
      report({ type: "moving" });
      return "done";
    }),
  );
  expect(reports).toEqual([progress(2), { type: "phase", phase: "removing" }, { type: "moving" }]);
  expect(answer).toBe("done");
});

test("throws what the work throws, after what it had to report", async () => {
  const work = reporting(async (report) => {
    report(progress(1));
    throw new Error("it failed");
  });
  expect((await work.next()).value).toEqual(progress(1));
  await expect(work.next()).rejects.toThrow("it failed");
});

test("tells the work when nobody listens any more", async () => {
  let heard: AbortSignal | undefined;
  const work = reporting(async (report, left) => {
    heard = left;
    report(progress(1));
    await new Promise((resolve) => left.addEventListener("abort", resolve));
  });
  await work.next();
  await work.return(undefined);
  expect(heard?.aborted).toBe(true);
});

test("says seldom that it moves", () => {
  let now = 0;
  const reports: WorkReport[] = [];
  const moved = tellingMoves(
    (report) => reports.push(report),
    () => now,
  );
  for (now = 0; now <= 25_000; now += 1_000) moved();
  expect(reports).toEqual([{ type: "moving" }, { type: "moving" }]);
});

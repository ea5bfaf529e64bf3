import type { WorkReport } from "@snapdeck/core/ports/cluster";

/** How often work that moves says so, in milliseconds: often enough for whoever ends work that is silent for minutes. */
const TELL_EVERY_MS = 10_000;

export type Report = (report: WorkReport) => void;

/**
 * Runs work that reports by calls, and hands its reports on one by one; of several numbers that nobody took yet, the newest. Answers what the
 * work does, and throws what it throws.
 * @param work `left` aborts when nobody listens any more
 */
export async function* reporting<T>(
  work: (report: Report, left: AbortSignal) => Promise<T>,
): AsyncGenerator<WorkReport, T> {
  const left = new AbortController();
  const waiting: WorkReport[] = [];
  let isOver = false;
  let wake: () => void = () => undefined;
  const running = work((report) => {
    if (report.type !== "phase" && waiting.at(-1)?.type === report.type) waiting.pop();
    waiting.push(report);
    wake();
  }, left.signal);
  const end = () => {
    isOver = true;
    wake();
  };
  running.then(end, end);
  try {
    for (;;) {
      for (let report = waiting.shift(); report !== undefined; report = waiting.shift()) yield report;
      if (isOver) return await running;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (isOver || waiting.length > 0) resolve();
      });
    }
  } finally {
    left.abort();
  }
}

/** Says that work goes on, no more often than somebody needs to hear it. */
export function tellingMoves(report: Report, now = () => performance.now()): () => void {
  let toldAt = now();
  return () => {
    if (now() - toldAt < TELL_EVERY_MS) return;
    toldAt = now();
    report({ type: "moving" });
  };
}

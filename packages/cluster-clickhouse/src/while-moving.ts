import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { pause } from "./pause.ts";

/** How often work that moves says so, in milliseconds: often enough for whoever ends work that is silent for minutes. */
const TELL_EVERY_MS = 10_000;

/**
 * Waits for one long step, and tells again and again that it goes on, as long as it calls `moved`: so what is slow can be told from
 * what hangs. Answers what the step does, and throws what it throws.
 */
export async function* whileMoving<T>(
  step: (moved: () => void) => Promise<T>,
  tellEveryMs = TELL_EVERY_MS,
): AsyncGenerator<WorkReport, T> {
  const over = new AbortController();
  let hasMoved = false;
  const work = step(() => {
    hasMoved = true;
  });
  const end = () => over.abort();
  const settled = work.then(end, end);
  while (!over.signal.aborted) {
    await Promise.race([settled, pause(tellEveryMs, over.signal)]);
    if (over.signal.aborted || !hasMoved) continue;
    hasMoved = false;
    yield { type: "moving" };
  }
  return await work;
}

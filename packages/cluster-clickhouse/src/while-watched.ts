import { pause } from "./pause.ts";

export type Watch<R> = {
  /** Between two looks, in milliseconds. */
  readonly pollMs: number;
  /** Ends the work. */
  readonly signal: AbortSignal;
  /** Looks whether the work still moves, and answers what is to be reported. What it throws ends the work. */
  readonly look: () => R | Promise<R>;
  /**
   * Whether work that was ended is waited for, so that nothing of it runs on. Default true; false for what may hang, or is ended
   * by somebody else.
   */
  readonly isAwaited?: boolean;
};

/**
 * Does work that tells nothing of itself until it is done, and looks at it again and again meanwhile: yields each time what the look gave.
 * Answers what the work does; undefined when `signal` aborted before, whatever the work then failed with.
 * @param work `until` aborts when it is ended, however that came about
 */
export async function* whileWatched<T, R>(
  work: (until: AbortSignal) => Promise<T>,
  { pollMs, signal, look, isAwaited = true }: Watch<R>,
): AsyncGenerator<R, T | undefined> {
  if (signal.aborted) return undefined;
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const done = work(until).then((answer) => ({ answer }));
  const settled = done.catch(() => undefined);
  try {
    for (;;) {
      const ended = await Promise.race([done, pause(pollMs, until)]);
      if (ended) return ended.answer;
      if (signal.aborted) return undefined;
      yield await look();
    }
  } catch (thrown) {
    if (signal.aborted) return undefined;
    throw thrown;
  } finally {
    over.abort();
    if (isAwaited) await settled;
  }
}

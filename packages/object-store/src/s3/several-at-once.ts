/**
 * Does `work` for each of `items`, no more than `limit` at a time. The first that fails ends it: no other is begun, those that run are
 * waited for, and its error is thrown.
 */
export async function severalAtOnce<T>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let failure: { thrown: unknown } | undefined;
  try {
    for await (const item of items) {
      if (failure !== undefined) break;
      const run: Promise<void> = work(item)
        .catch((thrown: unknown) => {
          failure ??= { thrown };
        })
        .finally(() => running.delete(run));
      running.add(run);
      if (running.size >= limit) await Promise.race(running);
    }
  } finally {
    await Promise.all(running);
  }
  if (failure !== undefined) throw failure.thrown;
}

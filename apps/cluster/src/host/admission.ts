import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/** One order at a time: what is checked when an order is accepted still holds when it is written down. */
export class Admission {
  #tail: Promise<unknown> = Promise.resolve();

  /**
   * Does `work` once all that was given before is over.
   * @param gone aborts when whoever gave the order does not wait for it any more: carried out later, it would be an order that nobody
   *   knows of. One that has begun goes on.
   * @throws {SnapdeckError} `cluster-busy` when it was gone before its turn came
   */
  run<T>(work: () => Promise<T>, gone?: AbortSignal): Promise<T> {
    const done = this.#tail.then(() => {
      if (gone?.aborted)
        throw new SnapdeckError("cluster-busy", "nobody waits for this order any more; nothing was done");
      return work();
    });
    this.#tail = done.catch(() => undefined);
    return done;
  }
}

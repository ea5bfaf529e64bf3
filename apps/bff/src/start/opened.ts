/** What was opened, so that it can be closed in the opposite order, all of it, whatever fails on the way. */
export class Opened {
  readonly #closings: (() => void | Promise<void>)[] = [];

  add(close: () => void | Promise<void>): void {
    this.#closings.push(close);
  }

  /** Idempotent. Throws what failed first, after everything else was closed. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let close = this.#closings.pop(); close !== undefined; close = this.#closings.pop()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

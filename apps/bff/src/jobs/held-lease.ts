import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Clock } from "@snapdeck/core/clock";
import type { JobStore, Lease } from "@snapdeck/core/ports/job-store";
import type { Log } from "../log.ts";
import { isStateUnavailable } from "../state/transactions.ts";

export type HeldLeaseParts = {
  readonly store: JobStore;
  readonly leaseClock: Clock;
  /** How long a lease lasts unless it is renewed, in milliseconds. It is renewed every third of that: two renewals may fail. */
  readonly leaseMs: number;
  readonly log: Log;
};

/** The right to drive one job, kept alive until it is lost or let go. */
export class HeldLease {
  readonly #parts: HeldLeaseParts;
  readonly #onRenewed: () => Promise<void>;
  #lease: Lease;
  #timer: NodeJS.Timeout | undefined;
  #renewing = false;
  #isLost = false;
  #tellLost: () => void = () => undefined;
  /** Resolves when this run may write nothing more. */
  readonly lost: Promise<void> = new Promise((resolve) => {
    this.#tellLost = resolve;
  });

  /** @param onRenewed called after each renewal: the moment to see what others asked of the job */
  constructor(parts: HeldLeaseParts, lease: Lease, onRenewed: () => Promise<void>) {
    this.#parts = parts;
    this.#lease = lease;
    this.#onRenewed = onRenewed;
  }

  get lease(): Lease {
    return this.#lease;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#renew(), this.#parts.leaseMs / 3);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** From here on nothing is written under this lease, whoever holds it. */
  lose(): void {
    this.#isLost = true;
    this.stop();
    this.#tellLost();
  }

  /** What `act` comes to, or undefined as soon as the lease is lost. */
  async untilLost<T>(act: Promise<T>): Promise<T | undefined> {
    // What comes after the loss is nobody's business here, a failure included.
    act.catch(() => undefined);
    return Promise.race([act, this.lost.then(() => undefined)]);
  }

  /** @throws {SnapdeckError} `lock-lost` */
  checkFence(): Promise<void> {
    return this.insist(() => this.#parts.store.checkFence(this.#lease));
  }

  /**
   * Asks the state database again for as long as it does not answer: that says nothing of the work, which goes on meanwhile.
   * @throws {SnapdeckError} `lock-lost`
   */
  async insist<T>(act: () => Promise<T>): Promise<T> {
    for (;;) {
      this.#mustBeHeld();
      try {
        return await act();
      } catch (error) {
        if (!isStateUnavailable(error)) throw error;
        this.#parts.log.warn(
          { err: error },
          "the state database does not answer; the work goes on, and it is asked again",
        );
      }
    }
  }

  #mustBeHeld(): void {
    if (!this.#isLost) return;
    const { jobId } = this.#lease;
    throw new SnapdeckError("lock-lost", `this process no longer drives job ${jobId}`, { jobId });
  }

  async #renew(): Promise<void> {
    if (this.#renewing) return;
    this.#renewing = true;
    try {
      this.#lease = await this.#parts.store.renew(this.#lease, this.#parts.leaseClock(), this.#parts.leaseMs);
      await this.#onRenewed();
    } catch (error) {
      if (isLockLost(error)) {
        this.#parts.log.info("another process drives this job now");
        this.lose();
      } else this.#parts.log.warn({ err: error }, "the lease of a job could not be renewed; it is tried again");
    } finally {
      this.#renewing = false;
    }
  }
}

export function isLockLost(error: unknown): boolean {
  return error instanceof SnapdeckError && error.code === "lock-lost";
}

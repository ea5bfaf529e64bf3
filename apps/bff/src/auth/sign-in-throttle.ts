import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

const WINDOW_MS = 60_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** Names are chosen by whoever asks, so what is remembered of them is bounded; the oldest is forgotten first. */
const MOST_REMEMBERED = 10_000;

type Attempts = { count: number; windowEndsAt: number; waits: number; blockedUntil: number };

/**
 * Slows down guessing: so many attempts a minute for one name from one address (OWASP ASVS 5.0, 2.4.1), then a wait that
 * doubles each time from one minute to 15. A right password forgets all of it.
 */
export class SignInThrottle {
  readonly #perMinute: number;
  readonly #attempts = new Map<string, Attempts>();

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /**
   * Counts an attempt before it is tried, so that a hundred at the same time are a hundred attempts.
   * @throws {SnapdeckError} `too-many-requests`
   */
  begin(username: string, address: string, nowMs: number): void {
    const key = keyOf(username, address);
    const attempts = this.#attempts.get(key) ?? {
      count: 0,
      windowEndsAt: nowMs + WINDOW_MS,
      waits: 0,
      blockedUntil: 0,
    };
    if (nowMs < attempts.blockedUntil) throw tooMany(attempts.blockedUntil - nowMs);
    if (nowMs >= attempts.windowEndsAt) {
      // Quiet for the longest wait: whoever guessed has gone, and the doubling starts again.
      if (nowMs >= attempts.windowEndsAt + LONGEST_WAIT_MS) attempts.waits = 0;
      attempts.count = 0;
      attempts.windowEndsAt = nowMs + WINDOW_MS;
    }
    attempts.count += 1;
    this.#remember(key, attempts);
    if (attempts.count <= this.#perMinute) return;
    const waitMs = Math.min(WINDOW_MS * 2 ** attempts.waits, LONGEST_WAIT_MS);
    attempts.waits += 1;
    attempts.count = 0;
    attempts.blockedUntil = nowMs + waitMs;
    attempts.windowEndsAt = attempts.blockedUntil;
    throw tooMany(waitMs);
  }

  /** The password was right. */
  succeed(username: string, address: string): void {
    this.#attempts.delete(keyOf(username, address));
  }

  #remember(key: string, attempts: Attempts): void {
    this.#attempts.delete(key);
    this.#attempts.set(key, attempts);
    if (this.#attempts.size <= MOST_REMEMBERED) return;
    const [oldest] = this.#attempts.keys();
    if (oldest !== undefined) this.#attempts.delete(oldest);
  }
}

function keyOf(username: string, address: string): string {
  return `${username.toLowerCase()} ${address}`;
}

function tooMany(waitMs: number): SnapdeckError {
  return new SnapdeckError("too-many-requests", "too many attempts to sign in with this name from this address", {
    hint: `Wait ${Math.ceil(waitMs / 1000)} seconds, then try again.`,
  });
}

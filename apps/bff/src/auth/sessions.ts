import type { UserId } from "@snapdeck/contract/scalars";
import type { Session, User } from "@snapdeck/contract/session";
import type { Clock } from "@snapdeck/core/clock";
import type { Services, StoredSession } from "../services.ts";
import { hashToken, isToken, newToken } from "./token.ts";

export type SessionLifetimes = {
  /** A session nobody used for this long has ended, in milliseconds. */
  readonly idleMs: number;
  /** A session this old has ended however much it was used, in milliseconds. */
  readonly longestMs: number;
};

/** Who is signed in, through which session, and when that ends if nobody uses it. */
export type Presence = { readonly user: User; readonly session: StoredSession; readonly expiresAt: string };

/** One session, or all of a user. */
export type SessionEnd = { readonly tokenHash: string } | { readonly userId: UserId };

const TOUCH_EVERY_MS = 60_000;
const SWEEP_EVERY_MS = 10 * 60_000;

type Dependencies = {
  readonly services: Pick<Services, "sessions" | "users">;
  readonly clock: Clock;
  readonly lifetimes: SessionLifetimes;
};

/** The signed-in browsers: opens, finds and ends sessions, and tells those who watch when one ends early. */
export class Sessions {
  readonly #store: Services["sessions"];
  readonly #users: Services["users"];
  readonly #clock: Clock;
  readonly #lifetimes: SessionLifetimes;
  readonly #listeners = new Set<(end: SessionEnd) => void>();
  #sweep: NodeJS.Timeout | undefined;

  constructor({ services, clock, lifetimes }: Dependencies) {
    this.#store = services.sessions;
    this.#users = services.users;
    this.#clock = clock;
    this.#lifetimes = lifetimes;
  }

  /** Opens a session for a user whose password was just typed. `token` is for the cookie and is stored nowhere. */
  async open(user: User): Promise<{ token: string; presence: Presence }> {
    const token = newToken();
    const now = this.#clock();
    const session: StoredSession = {
      tokenHash: hashToken(token),
      userId: user.id,
      csrfToken: newToken(),
      createdAt: now,
      lastSeenAt: now,
      confirmedAt: now,
    };
    await this.#store.create(session);
    return { token, presence: this.#presence(user, session) };
  }

  /** Who comes with this cookie; undefined when the session is unknown or has ended. Counts as use of the session. */
  async use(token: string): Promise<Presence | undefined> {
    if (!isToken(token)) return undefined;
    const found = await this.look(hashToken(token));
    if (found === undefined) return undefined;
    const now = this.#clock();
    const touchEveryMs = Math.min(TOUCH_EVERY_MS, this.#lifetimes.idleMs / 10);
    if (Date.parse(now) - Date.parse(found.session.lastSeenAt) < touchEveryMs) return found;
    await this.#store.touch(found.session.tokenHash, { lastSeenAt: now });
    return this.#presence(found.user, { ...found.session, lastSeenAt: now });
  }

  /** As `use`, without being a use: watching a page does not keep its session alive. */
  async look(tokenHash: string): Promise<Presence | undefined> {
    const session = await this.#store.get(tokenHash);
    if (session === undefined) return undefined;
    const stored = await this.#users.byId(session.userId);
    if (stored === undefined || Date.parse(this.#clock()) >= this.#endsAtMs(session)) {
      await this.end(tokenHash);
      return undefined;
    }
    const { passwordHash: _, ...user } = stored;
    return this.#presence(user, session);
  }

  /** The password was typed again. */
  async confirm({ user, session }: Presence): Promise<Presence> {
    const now = this.#clock();
    await this.#store.touch(session.tokenHash, { lastSeenAt: now, confirmedAt: now });
    return this.#presence(user, { ...session, lastSeenAt: now, confirmedAt: now });
  }

  /** Ends one session. Idempotent. */
  async end(tokenHash: string): Promise<void> {
    await this.#store.delete(tokenHash);
    this.#tell({ tokenHash });
  }

  /** Ends every session of a user. */
  async endOfUser(userId: UserId): Promise<void> {
    await this.#store.deleteOfUser(userId);
    this.#tell({ userId });
  }

  /** Calls `listener` whenever sessions end before their time, until the answer is called. */
  onEnd(listener: (end: SessionEnd) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Removes what has ended from the store now and then; `onError` is told when that fails. */
  start(onError: (error: unknown) => void): void {
    this.#sweep = setInterval(() => {
      this.#removeEnded().catch(onError);
    }, SWEEP_EVERY_MS);
    this.#sweep.unref();
  }

  stop(): void {
    clearInterval(this.#sweep);
  }

  async #removeEnded(): Promise<void> {
    const nowMs = Date.parse(this.#clock());
    const before = (ms: number) => new Date(nowMs - ms).toISOString();
    await this.#store.expire(before(this.#lifetimes.idleMs), before(this.#lifetimes.longestMs));
  }

  #endsAtMs(session: StoredSession): number {
    return Math.min(
      Date.parse(session.lastSeenAt) + this.#lifetimes.idleMs,
      Date.parse(session.createdAt) + this.#lifetimes.longestMs,
    );
  }

  #presence(user: User, session: StoredSession): Presence {
    return { user, session, expiresAt: new Date(this.#endsAtMs(session)).toISOString() };
  }

  #tell(end: SessionEnd): void {
    for (const listener of this.#listeners) listener(end);
  }
}

/** What a signed-in page is told of its session. */
export function sessionOf({ user, session, expiresAt }: Presence): Session {
  return { signedIn: true, user, csrfToken: session.csrfToken, confirmedAt: session.confirmedAt, expiresAt };
}

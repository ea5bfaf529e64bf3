import { UserId } from "@snapdeck/contract/scalars";
import type { SessionStore, StoredSession } from "../services.ts";
import type { StateDb } from "./state-tables.ts";

export class KyselySessionStore implements SessionStore {
  readonly #db: StateDb;

  constructor(db: StateDb) {
    this.#db = db;
  }

  async create(session: StoredSession): Promise<void> {
    await this.#db
      .insertInto("sessions")
      .values({
        token_hash: session.tokenHash,
        user_id: session.userId,
        csrf_token: session.csrfToken,
        created_at: session.createdAt,
        last_seen_at: session.lastSeenAt,
        confirmed_at: session.confirmedAt,
      })
      .execute();
  }

  async get(tokenHash: string): Promise<StoredSession | undefined> {
    const row = await this.#db
      .selectFrom("sessions")
      .selectAll()
      .where("token_hash", "=", tokenHash)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    return {
      tokenHash: row.token_hash,
      userId: UserId.parse(row.user_id),
      csrfToken: row.csrf_token,
      createdAt: row.created_at,
      lastSeenAt: row.last_seen_at,
      confirmedAt: row.confirmed_at,
    };
  }

  async touch(tokenHash: string, change: { lastSeenAt?: string; confirmedAt?: string }): Promise<void> {
    if (change.lastSeenAt === undefined && change.confirmedAt === undefined) return;
    await this.#db
      .updateTable("sessions")
      .set({
        ...(change.lastSeenAt === undefined ? {} : { last_seen_at: change.lastSeenAt }),
        ...(change.confirmedAt === undefined ? {} : { confirmed_at: change.confirmedAt }),
      })
      .where("token_hash", "=", tokenHash)
      .execute();
  }

  async delete(tokenHash: string): Promise<void> {
    await this.#db.deleteFrom("sessions").where("token_hash", "=", tokenHash).execute();
  }

  async deleteOfUser(userId: UserId): Promise<void> {
    await this.#db.deleteFrom("sessions").where("user_id", "=", userId).execute();
  }

  async expire(idleSince: string, createdSince: string): Promise<void> {
    await this.#db
      .deleteFrom("sessions")
      .where((eb) => eb.or([eb("last_seen_at", "<", idleSince), eb("created_at", "<", createdSince)]))
      .execute();
  }
}

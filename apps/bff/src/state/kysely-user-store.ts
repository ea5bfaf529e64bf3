import type { UserId } from "@snapdeck/contract/scalars";
import { User } from "@snapdeck/contract/session";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Clock } from "@snapdeck/core/clock";
import type { Selectable } from "kysely";
import { appendAudit, lockTrail } from "../audit/append-audit.ts";
import { wrongCredentials } from "../auth/wrong-credentials.ts";
import type { AuditNote, StoredUser, UserStore } from "../services.ts";
import type { StateDb, StateTables, StateTransaction } from "./state-tables.ts";
import { inTransaction } from "./transactions.ts";

type UserRow = Selectable<StateTables["users"]>;

export class KyselyUserStore implements UserStore {
  readonly #db: StateDb;
  readonly #clock: Clock;

  constructor(db: StateDb, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  count(): Promise<number> {
    return countOf(this.#db);
  }

  async list(): Promise<User[]> {
    const rows = await this.#db.selectFrom("users").selectAll().orderBy("username_key").execute();
    return rows.map(userOf);
  }

  async byId(id: UserId): Promise<StoredUser | undefined> {
    const row = await this.#db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();
    return row === undefined ? undefined : storedUserOf(row);
  }

  async byName(username: string): Promise<StoredUser | undefined> {
    const row = await this.#db
      .selectFrom("users")
      .selectAll()
      .where("username_key", "=", keyOf(username))
      .executeTakeFirst();
    return row === undefined ? undefined : storedUserOf(row);
  }

  create(user: StoredUser, note: AuditNote): Promise<void> {
    return this.#noted(note, (trx) => insert(trx, user));
  }

  createFirst(user: StoredUser, note: AuditNote): Promise<void> {
    return this.#noted(note, async (trx) => {
      if ((await countOf(trx)) > 0) {
        throw new SnapdeckError("setup-done", "Snapdeck has users already; no user was made", {
          hint: "Sign in, or ask an admin for an account.",
        });
      }
      await insert(trx, user);
    });
  }

  change(id: UserId, change: Parameters<UserStore["change"]>[1], note: AuditNote): Promise<User> {
    return this.#noted(note, async (trx) => {
      const user = await existing(trx, id);
      if (user.role === "admin" && change.role !== undefined && change.role !== "admin") await mustNotBeLastAdmin(trx);
      const changed: StoredUser = { ...user, ...change };
      await trx
        .updateTable("users")
        .set({ role: changed.role, password_hash: changed.passwordHash })
        .where("id", "=", id)
        .execute();
      await trx.deleteFrom("sessions").where("user_id", "=", id).execute();
      const { passwordHash: _, ...shown } = changed;
      return shown;
    });
  }

  signedIn(user: StoredUser, at: string, note: AuditNote): Promise<User> {
    return this.#noted(note, async (trx) => {
      const row = await trx
        .updateTable("users")
        .set({ last_sign_in_at: at })
        .where("id", "=", user.id)
        .where("password_hash", "=", user.passwordHash)
        .returningAll()
        .executeTakeFirst();
      if (row === undefined) throw wrongCredentials();
      return userOf(row);
    });
  }

  delete(id: UserId, note: AuditNote): Promise<void> {
    return this.#noted(note, async (trx) => {
      const user = await existing(trx, id);
      if (user.role === "admin") await mustNotBeLastAdmin(trx);
      await trx.deleteFrom("users").where("id", "=", id).execute();
    });
  }

  #noted<T>(note: AuditNote, act: (trx: StateTransaction) => Promise<T>): Promise<T> {
    return inTransaction(this.#db, async (trx) => {
      // First: of two who make the first admin, or remove the last ones, the second must see what the first did.
      await lockTrail(trx);
      const result = await act(trx);
      await appendAudit(trx, { ...note, at: this.#clock() });
      return result;
    });
  }
}

async function insert(trx: StateTransaction, user: StoredUser): Promise<void> {
  const inserted = await trx
    .insertInto("users")
    .values({
      id: user.id,
      username: user.username,
      username_key: keyOf(user.username),
      role: user.role,
      password_hash: user.passwordHash,
      created_at: user.createdAt,
      last_sign_in_at: user.lastSignInAt ?? null,
    })
    .onConflict((conflict) => conflict.column("username_key").doNothing())
    .returning("id")
    .executeTakeFirst();
  if (inserted === undefined) {
    throw new SnapdeckError("user-exists", `there is a user ${user.username} already; no user was made`, {
      hint: "Choose another name.",
    });
  }
}

async function existing(trx: StateTransaction, id: UserId): Promise<StoredUser> {
  const row = await trx.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new SnapdeckError("user-not-found", `there is no user ${id}; nothing was changed`);
  return storedUserOf(row);
}

async function mustNotBeLastAdmin(trx: StateTransaction): Promise<void> {
  const admins = await trx.selectFrom("users").select("id").where("role", "=", "admin").limit(2).execute();
  if (admins.length > 1) return;
  throw new SnapdeckError("last-admin", "this is the last admin; nothing was changed", {
    hint: "Make another user an admin first.",
  });
}

async function countOf(db: StateDb): Promise<number> {
  const { count } = await db
    .selectFrom("users")
    .select((eb) => eb.fn.countAll().as("count"))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function keyOf(username: string): string {
  return username.toLowerCase();
}

function userOf(row: UserRow): User {
  return User.parse({
    id: row.id,
    username: row.username,
    role: row.role,
    createdAt: row.created_at,
    ...(row.last_sign_in_at === null ? {} : { lastSignInAt: row.last_sign_in_at }),
  });
}

function storedUserOf(row: UserRow): StoredUser {
  return { ...userOf(row), passwordHash: row.password_hash };
}

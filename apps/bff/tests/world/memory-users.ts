import { createHash } from "node:crypto";
import type { AuditEntry } from "@snapdeck/contract/audit";
import type { User } from "@snapdeck/contract/session";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { wrongCredentials } from "../../src/auth/wrong-credentials.ts";
import type { AuditLog, SessionStore, StoredSession, StoredUser, UserStore } from "../../src/services.ts";

function shown({ passwordHash: _, ...user }: StoredUser): User {
  return user;
}

/** Users in memory, with the rules that the port promises; `add` makes one that no note tells of. */
export function memoryUsers(audit: AuditLog): UserStore & { add(user: StoredUser): void } {
  const users = new Map<string, StoredUser>();
  const named = (name: string) =>
    [...users.values()].find((user) => user.username.toLowerCase() === name.toLowerCase());
  const known = (id: string) => {
    const user = users.get(id);
    if (user === undefined) throw new SnapdeckError("user-not-found", `user ${id} is not there`);
    return user;
  };
  const keepAnAdmin = (id: string) => {
    const others = [...users.values()].filter((user) => user.role === "admin" && user.id !== id);
    if (known(id).role === "admin" && others.length === 0)
      throw new SnapdeckError("last-admin", "no admin would be left");
  };
  return {
    add: (user) => {
      users.set(user.id, user);
    },
    count: async () => users.size,
    list: async () => [...users.values()].map(shown).sort((a, b) => a.username.localeCompare(b.username)),
    byId: async (id) => users.get(id),
    byName: async (name) => named(name),
    create: async (user, note) => {
      if (named(user.username) !== undefined) throw new SnapdeckError("user-exists", `${user.username} exists`);
      users.set(user.id, user);
      await audit.append(note);
    },
    createFirst: async (user, note) => {
      if (users.size > 0) throw new SnapdeckError("setup-done", "there is a user");
      users.set(user.id, user);
      await audit.append(note);
    },
    change: async (id, change, note) => {
      if (change.role !== undefined && change.role !== "admin") keepAnAdmin(id);
      const user = { ...known(id), ...change };
      users.set(id, user);
      await audit.append(note);
      return shown(user);
    },
    signedIn: async (user, lastSignInAt, note) => {
      const present = users.get(user.id);
      if (present === undefined || present.passwordHash !== user.passwordHash) throw wrongCredentials();
      users.set(user.id, { ...present, lastSignInAt });
      await audit.append(note);
      return shown({ ...present, lastSignInAt });
    },
    delete: async (id, note) => {
      keepAnAdmin(id);
      users.delete(id);
      await audit.append(note);
    },
  };
}

export type CountedSessionStore = SessionStore & {
  readonly rows: ReadonlyMap<string, StoredSession>;
  /** How often a session was touched. */
  touches(): number;
};

export function memorySessions(): CountedSessionStore {
  const rows = new Map<string, StoredSession>();
  let touches = 0;
  return {
    rows,
    touches: () => touches,
    create: async (session) => {
      rows.set(session.tokenHash, session);
    },
    get: async (tokenHash) => rows.get(tokenHash),
    touch: async (tokenHash, change) => {
      touches += 1;
      const session = rows.get(tokenHash);
      if (session !== undefined) rows.set(tokenHash, { ...session, ...change });
    },
    delete: async (tokenHash) => {
      rows.delete(tokenHash);
    },
    deleteOfUser: async (userId) => {
      for (const session of rows.values()) if (session.userId === userId) rows.delete(session.tokenHash);
    },
    expire: async (idleSince, createdSince) => {
      for (const session of rows.values()) {
        if (session.lastSeenAt < idleSince || session.createdAt < createdSince) rows.delete(session.tokenHash);
      }
    },
  };
}

export type ReadableAudit = AuditLog & { readonly entries: readonly AuditEntry[] };

export function memoryAudit(clock: () => string): ReadableAudit {
  const entries: AuditEntry[] = [];
  return {
    entries,
    append: async (entry) => {
      const previousHash = entries.at(-1)?.hash ?? "0".repeat(64);
      const seq = entries.length + 1;
      const at = clock();
      const hash = createHash("sha256")
        .update(JSON.stringify([previousHash, seq, at, entry]))
        .digest("hex");
      entries.push({ seq, at, ...entry, previousHash, hash });
    },
    page: async (limit, before) => {
      const older = entries.filter(({ seq }) => before === undefined || seq < before).reverse();
      const items = older.slice(0, limit);
      return { items, next: older.length > limit ? (items.at(-1)?.seq ?? null) : null };
    },
    firstBreak: async () => undefined,
  };
}

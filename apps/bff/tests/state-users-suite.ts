import { UserId } from "@snapdeck/contract/scalars";
import { describe, expect, test } from "vitest";
import { KyselyAuditLog } from "../src/audit/kysely-audit-log.ts";
import type { StoredUser } from "../src/services.ts";
import { KyselySessionStore } from "../src/state/kysely-session-store.ts";
import { KyselyUserStore } from "../src/state/kysely-user-store.ts";
import type { StateDb } from "../src/state/state-tables.ts";

const T0 = "2026-11-22T14:00:00.000Z";
export const NOTE = { actor: "ada", origin: "127.0.0.1", act: "user.some", target: "somebody", result: "done" };

let made = 0;
export function aUser(username: string, role: StoredUser["role"] = "viewer"): StoredUser {
  made += 1;
  const id = UserId.parse(`6f1c0a52-6c1c-4b53-9a3e-${String(made).padStart(12, "0")}`);
  return { id, username, role, createdAt: T0, passwordHash: "hash" };
}

/** What the users and sessions of every state database promise; `open` answers a fresh one. */
export function usersSuite(name: string, open: () => Promise<StateDb>): void {
  const stores = async () => {
    const db = await open();
    const audit = new KyselyAuditLog(db, () => T0);
    return { users: new KyselyUserStore(db, () => T0), sessions: new KyselySessionStore(db), audit };
  };

  describe(`${name}: users`, () => {
    test("of many first admins at once exactly one is made", async () => {
      const { users } = await stores();
      const asked = await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) => users.createFirst(aUser(`u${n}`, "admin"), NOTE)),
      );
      expect(asked.filter((each) => each.status === "fulfilled")).toHaveLength(1);
      expect(asked.find((each) => each.status === "rejected")).toMatchObject({ reason: { code: "setup-done" } });
      expect(await users.count()).toBe(1);
    });

    test("are found by name in any case, and a name is given once", async () => {
      const { users } = await stores();
      const ana = aUser("Ana");
      await users.create(ana, NOTE);
      expect(await users.byName("aNA")).toEqual(ana);
      expect(await users.byId(ana.id)).toEqual(ana);
      await expect(users.create(aUser("ANA"), NOTE)).rejects.toMatchObject({ code: "user-exists" });
      expect(await users.list()).toEqual([{ id: ana.id, username: "Ana", role: "viewer", createdAt: T0 }]);
    });

    test("the last admin stays, also when two are removed at once", async () => {
      const { users } = await stores();
      const [one, two] = [aUser("one", "admin"), aUser("two", "admin")];
      await users.create(one, NOTE);
      await users.create(two, NOTE);
      const asked = await Promise.allSettled([
        users.delete(one.id, NOTE),
        users.change(two.id, { role: "viewer" }, NOTE),
      ]);
      expect(asked.map((each) => each.status).sort()).toEqual(["fulfilled", "rejected"]);
      expect(asked.find((each) => each.status === "rejected")).toMatchObject({ reason: { code: "last-admin" } });
      await expect(users.delete(UserId.parse(crypto.randomUUID()), NOTE)).rejects.toMatchObject({
        code: "user-not-found",
      });
    });

    test("a change keeps what it does not name", async () => {
      const { users } = await stores();
      const ana = aUser("ana", "operator");
      await users.create(ana, NOTE);
      await users.signedIn(ana, T0, NOTE);
      const shown = await users.change(ana.id, { role: "viewer" }, NOTE);
      expect(shown).toEqual({ id: ana.id, username: "ana", role: "viewer", createdAt: T0, lastSignInAt: T0 });
      expect((await users.byId(ana.id))?.passwordHash).toBe("hash");
    });

    test("sign in only with the password that is theirs at that moment", async () => {
      const { users } = await stores();
      const ana = aUser("ana");
      await users.create(ana, NOTE);
      await users.change(ana.id, { passwordHash: "another" }, NOTE);
      await expect(users.signedIn(ana, T0, NOTE)).rejects.toMatchObject({ code: "wrong-credentials" });
      await expect(users.signedIn(aUser("gone"), T0, NOTE)).rejects.toMatchObject({ code: "wrong-credentials" });
      expect((await users.byId(ana.id))?.lastSignInAt).toBeUndefined();
    });

    test("I30: change with their entry in the audit trail, or not at all", async () => {
      const { users, audit } = await stores();
      const ana = aUser("ana", "admin");
      await users.createFirst(ana, { ...NOTE, act: "user.set-up" });
      await users.signedIn(ana, T0, { ...NOTE, act: "session.sign-in" });
      await expect(users.delete(ana.id, { ...NOTE, act: "user.delete" })).rejects.toMatchObject({ code: "last-admin" });
      expect((await audit.page(10)).items.map(({ act }) => act)).toEqual(["session.sign-in", "user.set-up"]);
      const unwritable = Object.create(null);
      await expect(users.create(aUser("bob"), unwritable)).rejects.toThrow();
      expect(await users.byName("bob")).toBeUndefined();
      expect(await audit.firstBreak()).toBeUndefined();
    });
  });

  describe(`${name}: sessions`, () => {
    test("end with their user, and expire by age or idleness", async () => {
      const { users, sessions } = await stores();
      const [ana, bob] = [aUser("ana"), aUser("bob")];
      await users.create(ana, NOTE);
      await users.create(bob, NOTE);
      const session = (tokenHash: string, userId: UserId, createdAt: string, lastSeenAt: string) =>
        sessions.create({ tokenHash, userId, csrfToken: "c", createdAt, lastSeenAt, confirmedAt: createdAt });
      await session("of-ana", ana.id, T0, T0);
      await session("old", bob.id, "2026-11-01T00:00:00.000Z", T0);
      await session("idle", bob.id, "2026-11-20T00:00:00.000Z", "2026-11-20T00:00:00.000Z");
      await session("fresh", bob.id, T0, T0);
      await users.delete(ana.id, NOTE);
      await sessions.expire("2026-11-21T00:00:00.000Z", "2026-11-10T00:00:00.000Z");
      const left = await Promise.all(["of-ana", "old", "idle", "fresh"].map((hash) => sessions.get(hash)));
      expect(left.map((each) => each?.tokenHash)).toEqual([undefined, undefined, undefined, "fresh"]);
      await sessions.touch("fresh", { confirmedAt: "2026-11-22T15:00:00.000Z" });
      expect(await sessions.get("fresh")).toMatchObject({ lastSeenAt: T0, confirmedAt: "2026-11-22T15:00:00.000Z" });
      await users.change(bob.id, { passwordHash: "another" }, NOTE);
      expect(await sessions.get("fresh")).toBeUndefined();
      await session("again", bob.id, T0, T0);
      await sessions.deleteOfUser(bob.id);
      expect(await sessions.get("again")).toBeUndefined();
    });
  });
}

import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { appendAudit } from "../src/audit/append-audit.ts";
import { KyselyAuditLog } from "../src/audit/kysely-audit-log.ts";
import type { StateDb } from "../src/state/state-tables.ts";

const DROP_TRIGGERS = {
  SQLite: ["drop trigger audit_no_update", "drop trigger audit_no_delete"],
  PostgreSQL: ["drop trigger audit_no_update on audit", "drop trigger audit_no_delete on audit"],
} as const;

/** What somebody with the database in hand can do; the server itself cannot. */
async function tamper(db: StateDb, dropTriggers: readonly string[], statement: string): Promise<void> {
  for (const each of [...dropTriggers, statement]) await sql.raw(each).execute(db);
}

/** What the audit trail of every state database promises; `open` answers a fresh one. */
export function auditSuite(name: keyof typeof DROP_TRIGGERS, open: () => Promise<StateDb>): void {
  const trail = async (entries: number): Promise<{ db: StateDb; log: KyselyAuditLog }> => {
    const db = await open();
    const log = new KyselyAuditLog(db, () => "2026-11-22T14:00:00.000Z");
    const entry = { actor: "ana", origin: "127.0.0.1", act: "user.create", result: "done", requestId: "r-1" };
    await Promise.all(Array.from({ length: entries }, (_, n) => log.append({ ...entry, target: `user ${n}` })));
    return { db, log };
  };

  describe(`${name}: I30: the audit trail`, () => {
    test("holds every entry in order, newest first, in pages", async () => {
      const { log } = await trail(5);
      const first = await log.page(3);
      expect(first.items.map((entry) => entry.seq)).toEqual([5, 4, 3]);
      const second = await log.page(3, first.next ?? undefined);
      expect(second.items.map((entry) => entry.seq)).toEqual([2, 1]);
      expect(second.next).toBeNull();
      expect(await log.firstBreak()).toBeUndefined();
    });

    test("cannot be changed or shortened through the database", async () => {
      const { db } = await trail(2);
      await expect(sql`update audit set actor = 'bob'`.execute(db)).rejects.toThrow("only appended to");
      await expect(sql`delete from audit`.execute(db)).rejects.toThrow("only appended to");
      if (name === "PostgreSQL") {
        await expect(sql`truncate audit`.execute(db)).rejects.toThrow("only appended to");
      }
    });

    test.each([
      { fault: "an entry was changed", statement: "update audit set actor = 'bob' where seq = 3", firstBreak: 3 },
      { fault: "an entry was removed", statement: "delete from audit where seq = 2", firstBreak: 2 },
      { fault: "two entries changed places", statement: "update audit set seq = 9 where seq = 4", firstBreak: 4 },
      { fault: "the tail was cut off", statement: "delete from audit where seq > 3", firstBreak: 4 },
      { fault: "the head was removed", statement: "delete from audit_head", firstBreak: 6 },
    ])("shows the first entry that does not fit when $fault", async ({ statement, firstBreak }) => {
      const { db, log } = await trail(5);
      await tamper(db, DROP_TRIGGERS[name], statement);
      expect(await log.firstBreak()).toBe(firstBreak);
    });

    test("is checked in parts, however long it is", async () => {
      const { db, log } = await trail(0);
      const entry = {
        at: "2026-11-22T14:00:00.000Z",
        actor: "ana",
        origin: "system",
        act: "a.b",
        target: "t",
        result: "r",
      };
      await db.transaction().execute(async (trx) => {
        for (let n = 0; n < 1_100; n += 1) await appendAudit(trx, entry);
      });
      expect((await log.page(1)).items[0]?.seq).toBe(1_100);
      expect(await log.firstBreak()).toBeUndefined();
    });
  });
}

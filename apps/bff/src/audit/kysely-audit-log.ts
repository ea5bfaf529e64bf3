import { AuditEntry } from "@snapdeck/contract/audit";
import type { Clock } from "@snapdeck/core/clock";
import type { Selectable } from "kysely";
import type { AuditLog } from "../services.ts";
import type { StateDb, StateTables } from "../state/state-tables.ts";
import { inTransaction } from "../state/transactions.ts";
import { appendAudit, type NewAuditEntry } from "./append-audit.ts";
import { GENESIS_HASH, hashOf } from "./audit-chain.ts";

const CHECKED_AT_ONCE = 500;

export class KyselyAuditLog implements AuditLog {
  readonly #db: StateDb;
  readonly #clock: Clock;

  constructor(db: StateDb, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  async append(entry: Omit<NewAuditEntry, "at">): Promise<void> {
    await inTransaction(this.#db, (trx) => appendAudit(trx, { ...entry, at: this.#clock() }));
  }

  async page(limit: number, before?: number): Promise<{ items: AuditEntry[]; next: number | null }> {
    const rows = await this.#db
      .selectFrom("audit")
      .selectAll()
      .$if(before !== undefined, (query) => query.where("seq", "<", before ?? 0))
      .orderBy("seq", "desc")
      .limit(limit + 1)
      .execute();
    const items = rows.slice(0, limit).map(entryOf);
    return { items, next: rows.length > limit ? (items.at(-1)?.seq ?? null) : null };
  }

  async firstBreak(): Promise<number | undefined> {
    const head = await this.#db.selectFrom("audit_head").select("seq").executeTakeFirst();
    let before = { seq: 0, hash: GENESIS_HASH };
    for (;;) {
      const rows = await this.#db
        .selectFrom("audit")
        .selectAll()
        .where("seq", ">", before.seq)
        .orderBy("seq")
        .limit(CHECKED_AT_ONCE)
        .execute();
      for (const row of rows) {
        const entry = entryOf(row);
        const fits =
          entry.seq === before.seq + 1 &&
          entry.previousHash === before.hash &&
          hashOf(withoutHash(entry)) === entry.hash;
        if (!fits) return before.seq + 1;
        before = entry;
      }
      if (rows.length < CHECKED_AT_ONCE) break;
    }
    // Entries that were appended meanwhile are beyond the head; fewer than it names means that a tail was cut off.
    const cutOff = head === undefined ? before.seq > 0 : before.seq < head.seq;
    return cutOff ? before.seq + 1 : undefined;
  }
}

function withoutHash({ hash: _, ...entry }: AuditEntry): Omit<AuditEntry, "hash"> {
  return entry;
}

function entryOf(row: Selectable<StateTables["audit"]>): AuditEntry {
  return AuditEntry.parse({
    seq: row.seq,
    at: row.at,
    actor: row.actor,
    origin: row.origin,
    act: row.act,
    target: row.target,
    result: row.result,
    ...(row.request_id === null ? {} : { requestId: row.request_id }),
    previousHash: row.previous_hash,
    hash: row.hash,
  });
}

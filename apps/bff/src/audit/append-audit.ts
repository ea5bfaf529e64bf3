import type { AuditEntry } from "@snapdeck/contract/audit";
import type { StateTransaction } from "../state/state-tables.ts";
import { GENESIS_HASH, hashOf } from "./audit-chain.ts";

export type NewAuditEntry = Pick<AuditEntry, "at" | "actor" | "origin" | "act" | "target" | "result"> & {
  readonly requestId?: string | undefined;
};

const HEAD_ID = 1;

/**
 * Where the chain stands, for this transaction alone until its end. A write: where rows have locks, it makes everybody wait who appends
 * or locks the trail as well.
 */
export function lockTrail(trx: StateTransaction): Promise<{ seq: number; hash: string }> {
  return trx
    .insertInto("audit_head")
    .values({ id: HEAD_ID, seq: 0, hash: GENESIS_HASH })
    .onConflict((conflict) => conflict.column("id").doUpdateSet((eb) => ({ id: eb.ref("excluded.id") })))
    .returning(["seq", "hash"])
    .executeTakeFirstOrThrow();
}

/** Chains an entry to the one before, inside the transaction that makes what it tells true (I30). */
export async function appendAudit(trx: StateTransaction, entry: NewAuditEntry): Promise<void> {
  const head = await lockTrail(trx);
  const { requestId, ...told } = entry;
  const chained = {
    ...told,
    ...(requestId === undefined ? {} : { requestId }),
    seq: head.seq + 1,
    previousHash: head.hash,
  };
  const hash = hashOf(chained);
  await trx
    .insertInto("audit")
    .values({
      seq: chained.seq,
      at: chained.at,
      actor: chained.actor,
      origin: chained.origin,
      act: chained.act,
      target: chained.target,
      result: chained.result,
      request_id: requestId ?? null,
      previous_hash: chained.previousHash,
      hash,
    })
    .execute();
  await trx.updateTable("audit_head").set({ seq: chained.seq, hash }).where("id", "=", HEAD_ID).execute();
}

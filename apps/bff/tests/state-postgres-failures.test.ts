import type { JobId } from "@snapdeck/contract/scalars";
import { describe, expect, onTestFinished, test } from "vitest";
import { lockTrail } from "../src/audit/append-audit.ts";
import { KyselyAuditLog } from "../src/audit/kysely-audit-log.ts";
import { insertJob, lockCluster } from "../src/state/job-changes.ts";
import { KyselyJobStore } from "../src/state/kysely-job-store.ts";
import { stateAnswers } from "../src/state/open-state-database.ts";
import { inTransaction, isStateUnavailable } from "../src/state/transactions.ts";
import {
  ANA,
  afterwards,
  at,
  backupWork,
  claimed,
  deleteWork,
  failed,
  LOCAL,
  newJob,
  started,
} from "./job-store-fixtures.ts";
import { type Cut, CuttingProxy } from "./postgres/cutting-proxy.ts";
import { openForTest, postgresForTests } from "./postgres/postgres-state.ts";

const { server, freshDatabase, freshState } = postgresForTests();

const NOTE = { actor: "ana", origin: "127.0.0.1", act: "user.some", target: "somebody", result: "done" };

/** A job store whose connections the answered proxy can cut, and another that sees the database directly. */
async function behindProxy() {
  const url = await freshDatabase();
  const proxy = await CuttingProxy.before(url);
  onTestFinished(() => proxy.close());
  const { db } = await openForTest(proxy.through(url));
  const direct = (await openForTest(url)).db;
  return { proxy, db, store: new KyselyJobStore(db), direct, seen: new KyselyJobStore(direct) };
}

describe("a connection that is lost during a commit", () => {
  test.each([["before-commit"], ["after-commit"], ["after-commit", "before-commit"]] satisfies Cut[][])(
    "(%s) leaves each change of a job made once",
    async (...cuts) => {
      const { proxy, store, seen, direct } = await behindProxy();
      const order = newJob(backupWork(), { idempotencyKey: "k" });
      proxy.cutNext(...cuts);
      const job = await store.create(order);
      expect(job).toMatchObject({ id: order.id, seq: 1 });
      expect(await seen.get(order.id)).toEqual(job);

      const lease = await claimed(store, job);
      const running = await store.save(afterwards(job, started), lease);
      const dismissable = afterwards(running, failed);
      proxy.cutNext(...cuts);
      const ended = await store.save(dismissable, lease);
      expect(ended.state).toEqual(dismissable.state);
      expect(await seen.get(order.id)).toEqual(ended);

      proxy.cutNext(...cuts);
      const dismissed = await store.dismiss(job.id, ANA, at(3));
      expect(dismissed.dismissedAt).toBe(at(3));

      proxy.cutNext(...cuts);
      const second = await store.create(newJob(deleteWork("b-2")));
      proxy.cutNext(...cuts);
      expect((await store.requestCancel(second.id, ANA, at(4))).state).toMatchObject({ name: "canceled" });
      expect(proxy.isDone).toBe(true);
      const changes = await seen.changesSince(LOCAL, 0, 100);
      expect(changes?.map((change) => change.job.state.name)).toEqual([
        "queued",
        "running",
        "failed",
        "failed",
        "queued",
        "canceled",
      ]);
      const trail = new KyselyAuditLog(direct, () => at(9));
      expect(await trail.firstBreak()).toBeUndefined();
      expect((await trail.page(100)).items).toHaveLength(5);
    },
  );

  test("says so where nobody can tell whether the change was made", async () => {
    const { proxy, db, direct } = await behindProxy();
    const log = new KyselyAuditLog(db, () => at(0));
    proxy.cutNext("after-commit");
    await expect(log.append(NOTE)).rejects.toMatchObject({
      code: "state-unavailable",
      detail: expect.stringContaining("whether it was stored is not known"),
    });
    expect((await new KyselyAuditLog(direct, () => at(0)).page(5)).items).toHaveLength(1);
  });
});

describe("a state database that is killed", () => {
  test("in the middle of a transaction keeps nothing of it, and the transaction is made anew", async () => {
    const { db } = await freshState();
    const order = newJob(backupWork());
    let attempts = 0;
    const job = await inTransaction(db, async (trx) => {
      attempts += 1;
      await lockCluster(trx, LOCAL);
      const inserted = await insertJob(trx, {
        ...order,
        requestedBy: "ana",
        attempt: 1,
        state: { name: "queued" },
        seq: 0,
      });
      if (attempts === 1) {
        await server().crash();
        await server().start();
      }
      await lockTrail(trx);
      return inserted;
    });
    expect(attempts).toBeGreaterThan(1);
    const store = new KyselyJobStore(db);
    expect(await store.get(order.id)).toMatchObject({ id: job.id, seq: 1, state: { name: "queued" } });
    expect(await store.newestSeq(LOCAL)).toBe(1);
  });

  test("again and again loses nothing that it acknowledged, and the audit trail has no break", async () => {
    const { db } = await freshState();
    const store = new KyselyJobStore(db);
    const acknowledged: { id: JobId; seq: number }[] = [];
    let goesOn = true;
    const writer = async (name: string) => {
      for (let n = 0; goesOn; n += 1) {
        try {
          const job = await store.create(newJob(deleteWork(`b-${name}-${n}`)));
          acknowledged.push({ id: job.id, seq: job.seq });
          const { id, seq } = await store.requestCancel(job.id, ANA, at(n));
          acknowledged.push({ id, seq });
        } catch (error) {
          // A recovery may take longer than anybody waits: what was asked then was not acknowledged.
          if (!isStateUnavailable(error)) throw error;
        }
      }
    };
    const writers = ["one", "two", "three"].map(writer);
    for (let crash = 0; crash < 3; crash += 1) {
      const before = acknowledged.length;
      await expect.poll(() => acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(before + 20);
      await server().crash();
      await server().start();
    }
    goesOn = false;
    await Promise.all(writers);
    const changes = (await store.changesSince(LOCAL, 0, 100_000)) ?? [];
    expect(changes.map((change) => change.seq)).toEqual(changes.map((_, index) => index + 1));
    const told = new Map(changes.map(({ seq, job }) => [seq, job.id]));
    for (const { id, seq } of acknowledged) expect(told.get(seq)).toBe(id);
    const trail = new KyselyAuditLog(db, () => at(0));
    expect(await trail.firstBreak()).toBeUndefined();
    expect((await trail.page(1)).items[0]?.seq).toBe(changes.length);
  });

  test("fails what is asked meanwhile in plain words, and nothing of this process", async () => {
    const { db } = await freshState();
    const store = new KyselyJobStore(db);
    await store.create(newJob(backupWork()));
    await server().stop();
    await expect(store.activity(LOCAL)).rejects.toMatchObject({ code: "state-unavailable" });
    expect(await stateAnswers(db)).toBe(false);
    // A change waits for it instead.
    const change = store.create(newJob(deleteWork("b-2")));
    await server().start();
    await change;
    expect((await store.activity(LOCAL)).items).toHaveLength(2);
  });
});

test("connections that the database ended while nobody used them are made anew without a word", async () => {
  const url = await freshDatabase();
  const { db } = await openForTest(url);
  const store = new KyselyJobStore(db);
  await Promise.all(Array.from({ length: 8 }, () => store.newestSeq(LOCAL)));
  await server().query(
    "postgres",
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'snapdeck'",
  );
  await store.create(newJob(backupWork()));
  expect(await store.newestSeq(LOCAL)).toBe(1);
});

import { randomUUID } from "node:crypto";
import { JobId } from "@snapdeck/contract/scalars";
import type { JobStore } from "@snapdeck/core/ports/job-store";
import { describe, expect, test } from "vitest";
import {
  ANA,
  afterwards,
  at,
  backupWork,
  claimed,
  deleteWork,
  LEASE_MS,
  LOCAL,
  newJob,
  started,
} from "./job-store-fixtures.ts";

/** What every implementation of `JobStore` promises of leases and cancels; `open` answers a fresh one. */
export function jobLeasesSuite(name: string, open: () => Promise<JobStore>): void {
  describe(`${name}: I24: a lease`, () => {
    test("is above every token that the cluster has seen, though this state gave none of them", async () => {
      const store = await open();
      const job = await store.create(newJob(backupWork()));
      const seen = Date.parse(at(0)) + 365 * 24 * 3_600_000;
      expect((await store.claim(job.id, "one", at(0), LEASE_MS, seen))?.token).toBe(seen + 1);
      expect((await store.claim(job.id, "two", at(11), LEASE_MS, 5))?.token).toBe(seen + 2);
      expect(await store.newestToken(LOCAL)).toBe(seen + 2);
    });

    test("is given to one of many who claim at once, with tokens that only grow", async () => {
      const store = await open();
      const tokens: number[] = [];
      for (const clusterJob of [backupWork("b-1"), deleteWork("b-2"), deleteWork("b-3")]) {
        const job = await store.create(newJob(clusterJob));
        const claims = await Promise.all(
          Array.from({ length: 10 }, (_, n) => store.claim(job.id, `owner-${n}`, at(0), LEASE_MS)),
        );
        const given = claims.filter((lease) => lease !== undefined);
        expect(given).toHaveLength(1);
        tokens.push(...given.map((lease) => lease.token));
        const successor = await claimed(store, job, "successor", at(11));
        tokens.push(successor.token);
      }
      expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
      expect(new Set(tokens).size).toBe(tokens.length);
      expect(await store.newestToken(LOCAL)).toBe(tokens.at(-1));
      // A host manager that knew the console before this one has seen tokens of its time.
      expect(tokens[0]).toBeGreaterThanOrEqual(Date.parse(at(0)));
    });

    test("that ran out is another's to take, and the first holder's saves are refused and change nothing", async () => {
      const store = await open();
      const job = await store.create(newJob(backupWork()));
      const stale = await claimed(store, job, "one", at(0));
      expect(await store.claim(job.id, "two", at(9), LEASE_MS)).toBeUndefined();
      const taken = await claimed(store, job, "two", at(10));
      const before = await store.newestSeq(LOCAL);
      await expect(store.save(afterwards(job, started), stale)).rejects.toMatchObject({ code: "lock-lost" });
      await expect(store.renew(stale, at(11), LEASE_MS)).rejects.toMatchObject({ code: "lock-lost" });
      await expect(store.checkFence(stale)).rejects.toMatchObject({ code: "lock-lost" });
      await store.release(stale);
      await store.checkFence(taken);
      expect(await store.newestSeq(LOCAL)).toBe(before);
      expect((await store.get(job.id))?.state.name).toBe("queued");
    });

    test("that is renewed lasts, and one that is given back is free at once", async () => {
      const store = await open();
      const job = await store.create(newJob(backupWork()));
      const lease = await store.renew(await claimed(store, job), at(8), LEASE_MS);
      expect(await store.claim(job.id, "two", at(15), LEASE_MS)).toBeUndefined();
      expect(await store.unowned(at(15))).toEqual([]);
      await store.release(lease);
      expect((await store.unowned(at(15))).map((each) => each.id)).toEqual([job.id]);
      expect(await store.claim(job.id, "two", at(15), LEASE_MS)).toBeDefined();
    });

    test("is not given for a job that has ended", async () => {
      const store = await open();
      const job = await store.create(newJob(backupWork()));
      await store.requestCancel(job.id, ANA, at(1));
      expect(await store.claim(job.id, "one", at(2), LEASE_MS)).toBeUndefined();
      expect(await store.unowned(at(2))).toEqual([]);
    });
  });

  describe(`${name}: I26: a cancel`, () => {
    test("ends a queued job on the spot, also under whoever just claimed it", async () => {
      const store = await open();
      const job = await store.create(newJob(backupWork()));
      const lease = await claimed(store, job);
      const canceled = await store.requestCancel(job.id, ANA, at(1));
      expect(canceled.state).toEqual({ name: "canceled", endedAt: at(1), canceledBy: "ana" });
      await expect(store.save(afterwards(job, started), lease)).rejects.toMatchObject({ code: "lock-lost" });
    });

    test("of a running job is not undone by what its driver saves without knowing of it", async () => {
      const store = await open();
      const job = await store.create(newJob(backupWork()));
      const lease = await claimed(store, job);
      const running = await store.save(afterwards(job, started), lease);
      await store.requestCancel(job.id, ANA, at(2));
      const saved = await store.save(afterwards(running, { type: "entered", phase: "copying" }), lease);
      expect(saved.state).toMatchObject({ name: "canceling", phase: "copying", cancelRequestedBy: "ana" });
      const ended = await store.save(afterwards(saved, { type: "stopped", at: at(3) }), lease);
      expect(ended.state).toMatchObject({ name: "canceled", canceledBy: "ana" });
      await expect(store.requestCancel(job.id, ANA, at(4))).rejects.toMatchObject({ code: "job-finished" });
    });

    test("asked for twice is one cancel and one change", async () => {
      const store = await open();
      const job = await store.create(newJob(backupWork()));
      await store.save(afterwards(job, started), await claimed(store, job));
      const first = await store.requestCancel(job.id, ANA, at(2));
      expect(await store.requestCancel(job.id, ANA, at(3))).toEqual(first);
    });

    test("of a job that nobody made is refused", async () => {
      const store = await open();
      const nobody = JobId.parse(randomUUID());
      await expect(store.requestCancel(nobody, ANA, at(1))).rejects.toMatchObject({ code: "job-not-found" });
    });
  });
}

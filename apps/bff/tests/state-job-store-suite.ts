import { randomUUID } from "node:crypto";
import type { Job, JobWork } from "@snapdeck/contract/job";
import { BackupId, ClusterId, JobId } from "@snapdeck/contract/scalars";
import { advanceJob, type JobEvent } from "@snapdeck/core/jobs/advance-job";
import { lockModeOf } from "@snapdeck/core/jobs/lock-mode";
import type { JobStore, NewJob } from "@snapdeck/core/ports/job-store";
import { describe, expect, test } from "vitest";

const LEASE_MS = 10_000;
const LOCAL = ClusterId.parse("local");
const ANA = { username: "ana", origin: "127.0.0.1" };
const PROBLEM = { type: "/problems/disk-full", title: "t", status: 507, code: "disk-full", retryable: false } as const;

/** A moment on the day of the tests, in seconds after its start. */
function at(seconds: number): string {
  return new Date(Date.parse("2026-11-22T14:00:00.000Z") + seconds * 1_000).toISOString();
}

function newJob(work: JobWork, changes: Partial<NewJob> = {}): NewJob {
  return {
    id: JobId.parse(randomUUID()),
    clusterId: LOCAL,
    work,
    requestedBy: ANA,
    requestedAt: at(0),
    lock: lockModeOf(work.kind),
    ...changes,
  };
}

function backupWork(id = "b-1"): JobWork {
  return { kind: "backup", backupId: BackupId.parse(id) };
}
function deleteWork(id = "b-1"): JobWork {
  return { kind: "delete-backup", backupId: BackupId.parse(id) };
}
function restoreWork(id = "b-1"): JobWork {
  return { kind: "restore", backupId: BackupId.parse(id) };
}

/** What every implementation of `JobStore` promises; `open` answers a fresh one. */
export function jobStoreSuite(name: string, open: () => Promise<JobStore>): void {
  async function claimed(store: JobStore, job: Job, owner = "one", now = at(0)) {
    const lease = await store.claim(job.id, owner, now, LEASE_MS);
    if (lease === undefined) throw new Error("the job was not claimed");
    return lease;
  }
  function after(job: Job, ...events: JobEvent[]): Job {
    return { ...job, state: events.reduce(advanceJob, job.state) };
  }
  const started: JobEvent = { type: "started", at: at(1), phase: "preparing" };
  const failed: JobEvent = { type: "failed", at: at(2), problem: PROBLEM };

  describe(`${name}: the lock`, () => {
    test("of 50 restores asked for at once exactly one is made, and the others name it", async () => {
      const store = await open();
      const asked = await Promise.allSettled(Array.from({ length: 50 }, () => store.create(newJob(restoreWork()))));
      const made = asked.filter((each) => each.status === "fulfilled");
      expect(made).toHaveLength(1);
      for (const each of asked) {
        if (each.status === "rejected") {
          expect(each.reason).toMatchObject({ code: "cluster-busy", jobId: made[0]?.value.id });
        }
      }
      expect((await store.activity(LOCAL)).items).toHaveLength(1);
      expect(await store.newestSeq(LOCAL)).toBe(1);
    });

    test("a backup, a deletion and a load of example data go side by side", async () => {
      const store = await open();
      await store.create(newJob(backupWork("b-1")));
      await store.create(newJob(deleteWork("b-2")));
      await store.create(newJob(deleteWork("b-3")));
      await store.create(newJob({ kind: "load-example-data" }));
      expect((await store.activity(LOCAL)).items).toHaveLength(4);
    });

    test("a second backup of the cluster is refused while one is under way", async () => {
      const store = await open();
      const first = await store.create(newJob(backupWork("b-1")));
      await expect(store.create(newJob(backupWork("b-2")))).rejects.toMatchObject({
        code: "cluster-busy",
        jobId: first.id,
      });
    });

    test.each([{ kind: "suspend" }, { kind: "resume" }, restoreWork()] satisfies JobWork[])(
      "$kind is alone on the cluster, whichever came first",
      async (work) => {
        const store = await open();
        const backup = await store.create(newJob(backupWork("b-9")));
        await expect(store.create(newJob(work))).rejects.toMatchObject({ code: "cluster-busy", jobId: backup.id });
        await store.requestCancel(backup.id, ANA, at(1));
        const alone = await store.create(newJob(work));
        await expect(store.create(newJob(backupWork("b-8")))).rejects.toMatchObject({ jobId: alone.id });
      },
    );

    test("another cluster is another lock", async () => {
      const store = await open();
      await store.create(newJob({ kind: "suspend" }));
      const other = await store.create(newJob({ kind: "suspend" }, { clusterId: ClusterId.parse("other") }));
      expect(other.seq).toBe(1);
    });

    test("a backup that is restored or deleted already cannot be deleted, and the answer names the job", async () => {
      const store = await open();
      const restore = await store.create(newJob(restoreWork("b-1")));
      await expect(store.create(newJob(deleteWork("b-1")))).rejects.toMatchObject({
        code: "backup-in-use",
        jobId: restore.id,
      });
      expect(await store.userOf(LOCAL, BackupId.parse("b-1"))).toBe(restore.id);
      await store.requestCancel(restore.id, ANA, at(1));
      expect(await store.userOf(LOCAL, BackupId.parse("b-1"))).toBeUndefined();
      await store.create(newJob(deleteWork("b-1")));
      await expect(store.create(newJob(deleteWork("b-1")))).rejects.toMatchObject({ code: "backup-in-use" });
      await expect(store.create(newJob(restoreWork("b-1")))).rejects.toMatchObject({ code: "backup-in-use" });
    });

    test("is given back with the end of the job", async () => {
      const store = await open();
      const job = await store.create(newJob({ kind: "suspend" }));
      const lease = await claimed(store, job);
      const running = await store.save(after(job, started), lease);
      await expect(store.create(newJob({ kind: "resume" }))).rejects.toMatchObject({ code: "cluster-busy" });
      await store.save(after(running, failed), lease);
      await store.create(newJob({ kind: "resume" }));
    });
  });

  describe(`${name}: an idempotency key`, () => {
    test("answers the same job to the same request, also when many come at once", async () => {
      const store = await open();
      const made = await Promise.all(
        Array.from({ length: 20 }, (_, n) => store.create(newJob(backupWork(`b-${n}`), { idempotencyKey: "k" }))),
      );
      expect(new Set(made.map((job) => job.id)).size).toBe(1);
      expect(await store.repeated({ ...newJob(backupWork("b-77")), idempotencyKey: "k" })).toEqual(made[0]);
    });

    test("is refused with another request, and is each user's own", async () => {
      const store = await open();
      await store.create(newJob(deleteWork("b-1"), { idempotencyKey: "k" }));
      await expect(store.create(newJob(deleteWork("b-2"), { idempotencyKey: "k" }))).rejects.toMatchObject({
        code: "idempotency-conflict",
      });
      const bob = { username: "bob", origin: "127.0.0.1" };
      await store.create(newJob(deleteWork("b-2"), { idempotencyKey: "k", requestedBy: bob }));
    });

    test("of a request that was refused is not used up", async () => {
      const store = await open();
      const holder = await store.create(newJob({ kind: "suspend" }));
      const asked = newJob(backupWork(), { idempotencyKey: "k" });
      await expect(store.create(asked)).rejects.toMatchObject({ code: "cluster-busy" });
      await store.requestCancel(holder.id, ANA, at(1));
      expect((await store.create(asked)).id).toBe(asked.id);
    });
  });

  describe(`${name}: a lease`, () => {
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
    });

    test("that ran out is another's to take, and the first holder's saves are refused and change nothing", async () => {
      const store = await open();
      const job = await store.create(newJob(backupWork()));
      const stale = await claimed(store, job, "one", at(0));
      expect(await store.claim(job.id, "two", at(9), LEASE_MS)).toBeUndefined();
      const taken = await claimed(store, job, "two", at(10));
      const before = await store.newestSeq(LOCAL);
      await expect(store.save(after(job, started), stale)).rejects.toMatchObject({ code: "lock-lost" });
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

  describe(`${name}: a cancel`, () => {
    test("ends a queued job on the spot, also under whoever just claimed it", async () => {
      const store = await open();
      const job = await store.create(newJob(backupWork()));
      const lease = await claimed(store, job);
      const canceled = await store.requestCancel(job.id, ANA, at(1));
      expect(canceled.state).toEqual({ name: "canceled", endedAt: at(1), canceledBy: "ana" });
      await expect(store.save(after(job, started), lease)).rejects.toMatchObject({ code: "lock-lost" });
    });

    test("of a running job is not undone by what its driver saves without knowing of it", async () => {
      const store = await open();
      const job = await store.create(newJob(backupWork()));
      const lease = await claimed(store, job);
      const running = await store.save(after(job, started), lease);
      await store.requestCancel(job.id, ANA, at(2));
      const saved = await store.save(after(running, { type: "entered", phase: "copying" }), lease);
      expect(saved.state).toMatchObject({ name: "canceling", phase: "copying", cancelRequestedBy: "ana" });
      const ended = await store.save(after(saved, { type: "stopped", at: at(3) }), lease);
      expect(ended.state).toMatchObject({ name: "canceled", canceledBy: "ana" });
      await expect(store.requestCancel(job.id, ANA, at(4))).rejects.toMatchObject({ code: "job-finished" });
    });

    test("asked for twice is one cancel and one change", async () => {
      const store = await open();
      const job = await store.create(newJob(backupWork()));
      await store.save(after(job, started), await claimed(store, job));
      const first = await store.requestCancel(job.id, ANA, at(2));
      expect(await store.requestCancel(job.id, ANA, at(3))).toEqual(first);
    });

    test("of a job that nobody made is refused", async () => {
      const store = await open();
      const nobody = JobId.parse(randomUUID());
      await expect(store.requestCancel(nobody, ANA, at(1))).rejects.toMatchObject({ code: "job-not-found" });
    });
  });

  describe(`${name}: what is read`, () => {
    test("activity holds failed jobs until they are dismissed, and dismissing twice is one change", async () => {
      const store = await open();
      const job = await store.create(newJob(backupWork()));
      const lease = await claimed(store, job);
      await expect(store.dismiss(job.id, ANA, at(1))).rejects.toMatchObject({ code: "job-finished" });
      await store.save(after(job, started, failed), lease);
      expect((await store.activity(LOCAL)).items.map((each) => each.state.name)).toEqual(["failed"]);
      const dismissed = await store.dismiss(job.id, ANA, at(3));
      expect(await store.dismiss(job.id, ANA, at(4))).toEqual(dismissed);
      expect(await store.activity(LOCAL)).toEqual({ items: [], seq: dismissed.seq });
    });

    test("changes come in order without a gap, each as the job was then", async () => {
      const store = await open();
      const job = await store.create(newJob(backupWork()));
      const lease = await claimed(store, job);
      const running = await store.save(after(job, started), lease);
      await store.save(after(running, failed), lease);
      const changes = (await store.changesSince(LOCAL, 0, 100)) ?? [];
      expect(changes.map((change) => [change.seq, change.job.state.name])).toEqual([
        [1, "queued"],
        [2, "running"],
        [3, "failed"],
      ]);
      expect(await store.changesSince(LOCAL, 2, 100)).toEqual(changes.slice(2));
      expect(await store.changesSince(LOCAL, 0, 1)).toEqual(changes.slice(0, 1));
      expect(await store.changesSince(LOCAL, 3, 100)).toEqual([]);
      expect(await store.changesSince(LOCAL, 4, 100)).toBeUndefined();
    });

    test("progress is kept beside the stream of changes, and ignored from a lost lease", async () => {
      const store = await open();
      const job = await store.create(newJob(backupWork()));
      const lease = await claimed(store, job);
      const progress = { measuredAt: at(1), bytesDone: 5, bytesTotal: 9, filesDone: 1, filesTotal: 2, ranks: [] };
      await store.saveProgress(job.id, lease, progress);
      await claimed(store, job, "two", at(20));
      await store.saveProgress(job.id, lease, { ...progress, bytesDone: 6 });
      expect((await store.get(job.id))?.progress).toEqual(progress);
      expect(await store.newestSeq(LOCAL)).toBe(1);
    });

    test("pages hold every job once, newest first", async () => {
      const store = await open();
      const made: string[] = [];
      for (let n = 0; n < 7; n += 1) made.unshift((await store.create(newJob(deleteWork(`b-${n}`)))).id);
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.page(LOCAL, 3, cursor);
        seen.push(...page.items.map((job) => job.id));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect(seen).toEqual(made);
      await expect(store.page(LOCAL, 3, "x'; drop")).rejects.toMatchObject({ code: "bad-request" });
    });

    test("the last that succeeded are told by kind, newest first", async () => {
      const store = await open();
      for (const n of [1, 2, 3]) {
        const job = await store.create(newJob({ kind: "suspend" }));
        const lease = await claimed(store, job);
        const evidence = { kind: "suspend", ranksStopped: n } as const;
        await store.save(after(job, started, { type: "confirmed", at: at(n), evidence }), lease);
      }
      const last = await store.lastSucceeded(LOCAL, "suspend", 2);
      expect(last.map((job) => job.state)).toMatchObject([{ endedAt: at(3) }, { endedAt: at(2) }]);
      expect(await store.lastSucceeded(LOCAL, "resume", 2)).toEqual([]);
    });
  });
}

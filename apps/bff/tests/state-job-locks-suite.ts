import type { JobWork } from "@snapdeck/contract/job";
import { BackupId, ClusterId } from "@snapdeck/contract/scalars";
import type { JobStore } from "@snapdeck/core/ports/job-store";
import { describe, expect, test } from "vitest";
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
  restoreWork,
  started,
} from "./job-store-fixtures.ts";

/** What every implementation of `JobStore` promises of locks and idempotency keys; `open` answers a fresh one. */
export function jobLocksSuite(name: string, open: () => Promise<JobStore>): void {
  describe(`${name}: I23: the lock`, () => {
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

    test("a second work on database backups is refused while one is under way, and a System Backup goes beside it", async () => {
      const store = await open();
      const sql = "DROP BACKUP nightly DATA SINK = s";
      const work = { kind: "database-backup", deed: "drop", backup: "nightly", sql } as const;
      const first = await store.create(newJob(work));
      await expect(store.create(newJob({ ...work, backup: "weekly" }))).rejects.toMatchObject({
        code: "cluster-busy",
        jobId: first.id,
      });
      await store.create(newJob(backupWork("b-1")));
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
      const running = await store.save(afterwards(job, started), lease);
      await expect(store.create(newJob({ kind: "resume" }))).rejects.toMatchObject({ code: "cluster-busy" });
      await store.save(afterwards(running, failed), lease);
      await store.create(newJob({ kind: "resume" }));
    });
  });

  describe(`${name}: I26: a cancel that the driver has not heard of yet`, () => {
    test.each([
      { left: "nothing", nothingLeft: true, end: "canceled" },
      { left: "something", nothingLeft: false, end: "failed" },
    ])("makes work that fails and leaves $left end in $end", async ({ nothingLeft, end }) => {
      const store = await open();
      const job = await store.create(newJob(backupWork()));
      const lease = await claimed(store, job);
      const running = await store.save(afterwards(job, started), lease);
      await store.requestCancel(job.id, ANA, at(2));
      const ended = await store.save(afterwards(running, failed), lease, nothingLeft);
      expect(ended.state.name).toBe(end);
      expect((await store.get(job.id))?.state).toEqual(ended.state);
      await store.create(newJob({ kind: "suspend" }));
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
}

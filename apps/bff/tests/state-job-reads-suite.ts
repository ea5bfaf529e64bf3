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
  started,
} from "./job-store-fixtures.ts";

/** What every implementation of `JobStore` promises to its readers; `open` answers a fresh one. */
export function jobReadsSuite(name: string, open: () => Promise<JobStore>): void {
  describe(`${name}: what is read`, () => {
    test("activity holds failed jobs until they are dismissed, and dismissing twice is one change", async () => {
      const store = await open();
      const job = await store.create(newJob(backupWork()));
      const lease = await claimed(store, job);
      await expect(store.dismiss(job.id, ANA, at(1))).rejects.toMatchObject({ code: "job-finished" });
      await store.save(afterwards(job, started, failed), lease);
      expect((await store.activity(LOCAL)).items.map((each) => each.state.name)).toEqual(["failed"]);
      const dismissed = await store.dismiss(job.id, ANA, at(3));
      expect(await store.dismiss(job.id, ANA, at(4))).toEqual(dismissed);
      expect(await store.activity(LOCAL)).toEqual({ items: [], seq: dismissed.seq });
    });

    test("changes come in order without a gap, each as the job was then", async () => {
      const store = await open();
      const job = await store.create(newJob(backupWork()));
      const lease = await claimed(store, job);
      const running = await store.save(afterwards(job, started), lease);
      await store.save(afterwards(running, failed), lease);
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
        await store.save(afterwards(job, started, { type: "confirmed", at: at(n), evidence }), lease);
      }
      const last = await store.lastSucceeded(LOCAL, "suspend", 2);
      expect(last.map((job) => job.state)).toMatchObject([{ endedAt: at(3) }, { endedAt: at(2) }]);
      expect(await store.lastSucceeded(LOCAL, "resume", 2)).toEqual([]);
    });
  });
}

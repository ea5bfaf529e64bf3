import { randomUUID } from "node:crypto";
import type { Job, JobWork } from "@snapdeck/contract/job";
import { BackupId, ClusterId, JobId } from "@snapdeck/contract/scalars";
import { advanceJob, type JobEvent } from "@snapdeck/core/jobs/advance-job";
import { lockModeOf } from "@snapdeck/core/jobs/lock-mode";
import type { JobStore, NewJob } from "@snapdeck/core/ports/job-store";

export const LEASE_MS = 10_000;
export const LOCAL = ClusterId.parse("local");
export const ANA = { username: "ana", origin: "127.0.0.1" };
const PROBLEM = { type: "/problems/disk-full", title: "t", status: 507, code: "disk-full", retryable: false } as const;

/** A moment on the day of the tests, in seconds after its start. */
export function at(seconds: number): string {
  return new Date(Date.parse("2026-11-22T14:00:00.000Z") + seconds * 1_000).toISOString();
}

export function newJob(work: JobWork, changes: Partial<NewJob> = {}): NewJob {
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

export function backupWork(id = "b-1"): JobWork {
  return { kind: "backup", backupId: BackupId.parse(id) };
}
export function deleteWork(id = "b-1"): JobWork {
  return { kind: "delete-backup", backupId: BackupId.parse(id) };
}
export function restoreWork(id = "b-1"): JobWork {
  return { kind: "restore", backupId: BackupId.parse(id) };
}

/** The lease of a job that nobody else drives. */
export async function claimed(store: JobStore, job: Job, owner = "one", now = at(0)) {
  const lease = await store.claim(job.id, owner, now, LEASE_MS);
  if (lease === undefined) throw new Error("the job was not claimed");
  return lease;
}
/** The job after those events. */
export function afterwards(job: Job, ...events: JobEvent[]): Job {
  return { ...job, state: events.reduce(advanceJob, job.state) };
}

export const started: JobEvent = { type: "started", at: at(1), phase: "preparing" };
export const failed: JobEvent = { type: "failed", at: at(2), problem: PROBLEM };

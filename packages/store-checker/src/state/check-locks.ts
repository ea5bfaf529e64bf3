import type { Job } from "@snapdeck/contract/job";
import type { StateLook } from "./look-at-state.ts";
import { type LockRow, LockRow as LockRowSchema, pagedRows } from "./state-rows.ts";
import type { JobFacts } from "./state-view.ts";

/** What replaces data or stops processes is alone; what only touches the store goes beside everything; the rest goes side by side. */
const MODE_OF: Record<Job["work"]["kind"], "exclusive" | "shared" | "aside"> = {
  restore: "exclusive",
  "undo-restore": "exclusive",
  suspend: "exclusive",
  resume: "exclusive",
  backup: "shared",
  "database-backup": "shared",
  "delete-backup": "shared",
  "load-example-data": "shared",
  "keep-restored": "shared",
  "verify-backup": "aside",
  "check-store": "aside",
};

/** Proves that each job under way has its lock and no other has one, and that no two locks exclude each other. */
export async function checkLocks(look: StateLook, jobs: ReadonlyMap<string, JobFacts>): Promise<void> {
  const without = new Set([...jobs.values()].filter((job) => job.isUnderWay).map(({ id }) => id));
  const held = new Map<string, { lock: LockRow; job: JobFacts }[]>();
  for await (const lock of pagedRows(look.reader, look.pace, {
    table: "job_locks",
    row: LockRowSchema,
    by: ["job_id"],
  })) {
    look.findings.looked("I23");
    const job = jobs.get(lock.job_id);
    without.delete(lock.job_id);
    const broken = (kind: string, detail: string) =>
      look.findings.broken({ invariant: "I23", kind, subject: `lock of job ${lock.job_id}`, detail });
    if (job === undefined || !job.isUnderWay) {
      broken("lock-left", job === undefined ? "its job is not there" : `its job is ${job.stateName}`);
      continue;
    }
    const differs = differenceOf(lock, job);
    if (differs !== undefined) broken("lock-differs", differs);
    held.set(job.clusterId, [...(held.get(job.clusterId) ?? []), { lock, job }]);
  }
  for (const id of without) {
    look.findings.looked("I23");
    const detail = `is ${jobs.get(id)?.stateName} and holds no lock, so another could start beside it`;
    look.findings.broken({ invariant: "I23", kind: "lock-missing", subject: `job ${id}`, detail });
  }
  for (const [clusterId, holders] of held)
    excludeEachOther(
      look,
      clusterId,
      holders.map(({ job }) => job),
    );
}

function differenceOf(lock: LockRow, job: JobFacts): string | undefined {
  if (lock.cluster_id !== job.clusterId)
    return `is on cluster ${lock.cluster_id}, and its job works on ${job.clusterId}`;
  if (lock.kind !== job.kind) return `is one of ${lock.kind}, and its job is a ${job.kind}`;
  if ((lock.backup_id ?? undefined) !== job.backupId)
    return `is on backup ${lock.backup_id}, and its job on ${job.backupId}`;
  if (lock.mode !== MODE_OF[job.kind]) return `is ${lock.mode}, and a ${job.kind} is ${MODE_OF[job.kind]}`;
  return undefined;
}

function excludeEachOther(look: StateLook, clusterId: string, jobs: readonly JobFacts[]): void {
  const said = (of: readonly JobFacts[]) => of.map(({ id, kind }) => `${kind} (${id})`).join(", ");
  const onCluster = jobs.filter(({ kind }) => MODE_OF[kind] !== "aside");
  look.findings.looked("I23");
  if (onCluster.length > 1 && onCluster.some(({ kind }) => MODE_OF[kind] === "exclusive")) {
    const detail = `has jobs under way that exclude each other: ${said(onCluster)}`;
    look.findings.broken({ invariant: "I23", kind: "lock-shared", subject: `cluster ${clusterId}`, detail });
  }
  for (const deletion of jobs.filter(({ kind }) => kind === "delete-backup")) {
    const others = jobs.filter(({ id, backupId }) => id !== deletion.id && backupId === deletion.backupId);
    look.findings.looked("I9");
    if (others.length === 0) continue;
    const backup = `${clusterId}/${deletion.backupId}`;
    const detail = `is being deleted by job ${deletion.id} and used: ${said(others)}`;
    look.findings.broken({ invariant: "I9", kind: "backup-disputed", subject: backup, backup, detail });
  }
}

import { randomUUID } from "node:crypto";
import { type Job, type JobPhase, Job as JobSchema, JobWork, phasesOf } from "@snapdeck/contract/job";
import { BackupId } from "@snapdeck/contract/scalars";
import { evidenceOf, problemOf } from "./outcomes.ts";
import { exampleInventory } from "./seed.ts";
import type { World } from "./world.ts";

const TICK_MS = 100;
/** How long each kind of simulated work takes at speed 1, in milliseconds. */
const TAKES_MS = {
  backup: 8000,
  restore: 9000,
  "delete-backup": 1500,
  "verify-backup": 5000,
  "undo-restore": 1500,
  "keep-restored": 2000,
  "check-store": 4000,
  "database-backup": 4000,
  suspend: 4000,
  resume: 2500,
  "load-example-data": 9000,
} as const;

export function newBackupId(): BackupId {
  return BackupId.parse(
    `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-")}-${randomUUID().slice(0, 6)}`,
  );
}

/** Starts simulated work as a job. `failing`: it ends as failed half way. */
export function startJob(world: World, work: JobWork, by: string, failing = false): Job {
  const job = world.change(
    JobSchema.parse({
      id: randomUUID(),
      clusterId: world.clusterId,
      work: JobWork.parse(work),
      requestedBy: by,
      requestedAt: new Date().toISOString(),
      attempt: 1,
      state: { name: "queued" },
      seq: 0,
    }),
  );
  setTimeout(() => run(world, job, failing), 150);
  return job;
}

function run(world: World, queued: Job, failing: boolean): void {
  const { work } = queued;
  const phases: readonly JobPhase[] =
    work.kind === "verify-backup" && work.level === "L2" ? ["reading"] : phasesOf(work);
  const startedAt = new Date().toISOString();
  const tookMs = TAKES_MS[queued.work.kind] / (world.options.speed ?? 1);
  const before = world.state;
  if (queued.work.kind === "suspend") world.state = "suspending";
  if (queued.work.kind === "resume") world.state = "resuming";
  if (queued.work.kind === "restore") world.state = "restoring";
  let job = world.change({ ...queued, state: { name: "running", startedAt, phase: phases[0] ?? "preparing" } });
  const began = Date.now();
  const timer = setInterval(() => {
    const known = world.jobs.find(({ id }) => id === job.id) ?? job;
    const share = Math.min(1, (Date.now() - began) / tookMs);
    if (known.state.name === "canceling") {
      clearInterval(timer);
      world.state = before;
      setTimeout(
        () => world.change({ ...known, state: { name: "canceled", startedAt, endedAt: now(), canceledBy: "ana" } }),
        900,
      );
      return;
    }
    const phase = phases[Math.min(phases.length - 1, Math.floor(share * phases.length))] ?? "preparing";
    if (known.state.name === "running" && known.state.phase !== phase) {
      job = world.change({ ...known, state: { name: "running", startedAt, phase } });
    }
    if (failing && share > 0.5) {
      clearInterval(timer);
      world.state = before;
      if (work.kind === "verify-backup") world.suspect(work.backupId, 3);
      world.change({ ...known, state: { name: "failed", startedAt, endedAt: now(), phase, problem: problemOf(work) } });
      return;
    }
    if (share < 1) return progress(world, job, share, tookMs);
    clearInterval(timer);
    succeed(world, job, startedAt);
  }, TICK_MS);
}

function progress(world: World, job: Job, share: number, tookMs: number): void {
  const ranks = world.options.ranks ?? 3;
  const bytesTotal = 2_216_000_000;
  const each = (rank: number) => Math.min(1, share * (1 + 0.15 * rank));
  const parts = Array.from({ length: ranks }, (_, rank) => ({
    rank,
    bytesDone: Math.floor((bytesTotal / ranks) * each(rank)),
    bytesTotal: Math.floor(bytesTotal / ranks),
    filesDone: Math.floor(437 * each(rank)),
    filesTotal: 437,
  }));
  const counted = {
    measuredAt: now(),
    bytesDone: parts.reduce((sum, part) => sum + part.bytesDone, 0),
    bytesTotal: parts.reduce((sum, part) => sum + part.bytesTotal, 0),
    filesDone: parts.reduce((sum, part) => sum + part.filesDone, 0),
    filesTotal: 437 * ranks,
    ...(share > 0.08
      ? { bytesPerSecond: (bytesTotal / tookMs) * 1000 * (0.85 + 0.3 * Math.random()), etaMs: tookMs * (1 - share) }
      : {}),
    ranks: parts,
  };
  const held = world.jobs.findIndex(({ id }) => id === job.id);
  const known = world.jobs[held];
  if (known !== undefined) world.jobs[held] = { ...known, progress: counted };
  world.tell({ type: "progress", clusterId: world.clusterId, jobId: job.id, attempt: 1, progress: counted });
}

function succeed(world: World, job: Job, startedAt: string): void {
  const { work } = job;
  if (work.kind === "backup") {
    world.addBackup(work.backupId);
    startJob(world, { kind: "verify-backup", backupId: work.backupId, level: "L2" }, "Snapdeck");
  }
  if (work.kind === "restore") world.putAside(job.id, work.backupId);
  if (work.kind === "undo-restore" || work.kind === "keep-restored") world.previousData = undefined;
  if (work.kind === "verify-backup") {
    const proof = { level: work.level, provenAt: now() };
    world.changeBackup(work.backupId, ({ suspect: _, ...backup }) => ({
      ...backup,
      proof,
      proofs: [...backup.proofs, proof],
    }));
  }
  if (work.kind === "delete-backup") world.backups = world.backups.filter(({ id }) => id !== work.backupId);
  if (work.kind === "suspend" || work.kind === "restore") world.state = "suspended";
  if (work.kind === "resume") world.state = "running";
  if (work.kind === "load-example-data") world.inventory = exampleInventory();
  if (work.kind === "suspend") world.inventory = { ...world.inventory, live: false, observedAt: now() };
  if (work.kind === "resume") world.inventory = { ...world.inventory, live: true, observedAt: now() };
  world.change({ ...job, state: { name: "succeeded", startedAt, endedAt: now(), evidence: evidenceOf(work) } });
  if (work.kind === "delete-backup") world.tell({ type: "backups", clusterId: world.clusterId });
}

function now(): string {
  return new Date().toISOString();
}

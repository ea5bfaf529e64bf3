import type { AuditEntry } from "@snapdeck/contract/audit";
import { Backup } from "@snapdeck/contract/backup";
import {
  ACTIONS,
  type Availability,
  type Cluster,
  type Inventory,
  type PreviousData,
  type Rank,
} from "@snapdeck/contract/cluster";
import { isActivity, type Job, UNDER_WAY } from "@snapdeck/contract/job";
import type { LiveFrame } from "@snapdeck/contract/live";
import { type Role, roleIncludes } from "@snapdeck/contract/role";
import { BackupId, ClusterId, type JobId } from "@snapdeck/contract/scalars";
import type { User } from "@snapdeck/contract/session";
import { aBackup, aSuspicion, aUser, exampleInventory, NOTHING_IN_IT, someEntries } from "./seed.ts";

export type Options = {
  readonly empty?: boolean;
  readonly backups?: number;
  readonly ranks?: number;
  /** No user exists yet: the page has to be opened by the setup link, whose token is "setup". */
  readonly fresh?: boolean;
  /** How fast simulated work goes; 1 by default. */
  readonly speed?: number;
};

const MINUTE_MS = 60_000;

/** A test double of the whole server: believable, in memory, and forgotten when it stops. Never shipped. */
export class World {
  readonly clusterId = ClusterId.parse("production");
  readonly options: Options;
  readonly users: User[];
  readonly audit: AuditEntry[] = someEntries(57);
  readonly changes: { seq: number; job: Job }[] = [];
  readonly tellers = new Set<(frame: LiveFrame) => void>();
  state: Cluster["state"] = "running";
  /** Kinds of job that fail from now on. */
  readonly failing = new Set<string>();
  /** Which backup each plan is about. */
  readonly plans = new Map<string, BackupId>();
  previousData: PreviousData | undefined;
  inventory: Inventory;
  backups: Backup[];
  jobs: Job[] = [];
  seq = 0;

  constructor(options: Options = {}) {
    this.options = options;
    this.users = options.fresh ? [] : [aUser("ana", "admin"), aUser("olaf", "operator"), aUser("vera", "viewer")];
    this.inventory = options.empty ? NOTHING_IN_IT() : exampleInventory();
    this.backups = Array.from({ length: options.backups ?? 48 }, (_, index) =>
      aBackup(this.clusterId, Date.now() - (12 + index * 180) * MINUTE_MS, options.ranks ?? 3, {
        suspectFiles: index === 2 ? 3 : index === 5 ? 57 : 0,
      }),
    );
  }

  ranks(): Rank[] {
    const since = new Date(Date.now() - 26 * 60 * MINUTE_MS).toISOString();
    const up = this.state === "running" || this.state === "suspending";
    return Array.from({ length: this.options.ranks ?? 3 }, (_, rank) => ({
      rank,
      state: this.state === "suspending" ? "draining" : this.state === "resuming" ? "starting" : up ? "up" : "down",
      place: up ? `127.0.0.1:${9101 + rank}, process ${41_220 + rank}` : "127.0.0.1",
      since,
      diskFreeBytes: 412_300_000_000,
      diskTotalBytes: 980_000_000_000,
    }));
  }

  view(role: Role): Cluster {
    const newest = this.backups.toSorted((a, b) => b.takenAt.localeCompare(a.takenAt))[0];
    return {
      id: this.clusterId,
      name: "production",
      engine: { name: "ClickHouse", version: "26.7.1 (chdb 3.4.0)" },
      state: this.state,
      observedAt: new Date().toISOString(),
      ...(this.state === "suspending" ? { detail: "2 queries are still running" } : {}),
      ranks: this.ranks(),
      traits: {
        suspends: true,
        backsUpSuspended: false,
        reportsBytes: true,
        cancels: true,
        speaksBackupSql: false,
        takesDatabaseBackups: true,
        loadsExampleData: true,
      },
      store: { name: "/var/lib/snapdeck/store", freeBytes: 412_300_000_000, totalBytes: 980_000_000_000 },
      ...(this.previousData === undefined ? {} : { previousData: this.previousData }),
      backups: {
        count: this.backups.length,
        ...(newest === undefined
          ? {}
          : {
              newest: {
                id: newest.id,
                takenAt: newest.takenAt,
                provenAt: newest.proof.provenAt,
                ...(newest.suspect === undefined ? {} : { suspect: true }),
              },
            }),
      },
      jobsUnderWay: this.jobs.filter((job) => underWay(job)).length,
      jobsFailed: this.jobs.filter((job) => isActivity(job) && !underWay(job)).length,
      actions: actionsOf(this, role),
    };
  }

  activity(): { items: Job[]; seq: number } {
    return { items: this.jobs.filter(isActivity).toReversed(), seq: this.seq };
  }

  /** Stores a change of a job and tells it to those who follow. */
  change(job: Job): Job {
    this.seq += 1;
    const changed = { ...job, seq: this.seq };
    const at = this.jobs.findIndex(({ id }) => id === job.id);
    if (at === -1) this.jobs.push(changed);
    else this.jobs[at] = changed;
    this.changes.push({ seq: this.seq, job: changed });
    this.tell({ type: "job", clusterId: this.clusterId, seq: this.seq, job: changed });
    this.tell({ type: "cluster", cluster: this.view("admin") });
    return changed;
  }

  tell(frame: LiveFrame): void {
    for (const teller of this.tellers) teller(frame);
  }

  /** As after a restore that began an hour ago. */
  putAside(restoreId: JobId, backupId: BackupId | undefined): void {
    this.previousData = {
      restoreId,
      ...(backupId === undefined ? {} : { backupId }),
      swappedAt: new Date().toISOString(),
      letGoAt: new Date(Date.now() + 72 * 60 * MINUTE_MS).toISOString(),
    };
  }

  /** As after an L2 proof that found so many files other than the manifest says. */
  suspect(id: BackupId, files: number): void {
    const suspect = { ...aSuspicion(files), foundAt: new Date().toISOString() };
    this.changeBackup(id, ({ proofs, ...backup }) => ({
      ...backup,
      proof: proofs[0] ?? backup.proof,
      proofs: proofs.slice(0, 1),
      suspect,
    }));
  }

  changeBackup(id: BackupId, change: (backup: Backup) => Backup): void {
    this.backups = this.backups.map((backup) => (backup.id === id ? Backup.parse(change(backup)) : backup));
    this.tell({ type: "backups", clusterId: this.clusterId });
  }

  addBackup(id: string): Backup {
    const backup = Backup.parse({
      ...aBackup(this.clusterId, Date.now() - 4000, this.options.ranks ?? 3),
      id: BackupId.parse(id),
    });
    this.backups.unshift(backup);
    this.tell({ type: "backups", clusterId: this.clusterId });
    return backup;
  }
}

export function underWay(job: Job): boolean {
  return UNDER_WAY.some((name) => name === job.state.name);
}

const OF_ADMINS: ReadonlySet<string> = new Set(["restore", "undoRestore", "keepRestored", "deleteBackup"]);
/** What goes beside everything else. */
const ASIDE: ReadonlySet<string> = new Set(["verify-backup", "check-store"]);

function actionsOf(world: World, role: Role): Cluster["actions"] {
  const entries = ACTIONS.map((action) => [action, availabilityOf(world, role, action)] as const);
  return Object.fromEntries(entries) as Cluster["actions"];
}

function availabilityOf(world: World, role: Role, action: (typeof ACTIONS)[number]): Availability {
  const needed: Role = OF_ADMINS.has(action) ? "admin" : "operator";
  if (!roleIncludes(role, needed)) {
    return { allowed: false, code: "role-needed", reason: `This needs the role ${needed}` };
  }
  if (action === "verifyBackup" || action === "checkStore") return { allowed: true };
  if ((action === "undoRestore" || action === "keepRestored") && world.previousData === undefined) {
    return { allowed: false, code: "no-previous-data", reason: "No restore put data aside that is still there" };
  }
  if ((action === "restore" || action === "undoRestore") && world.state === "running") {
    return { allowed: false, code: "cluster-not-suspended", reason: "Suspend the cluster first", wayOut: "suspend" };
  }
  if (action === "resume" && world.state === "running") {
    return { allowed: false, code: "cluster-not-suspended", reason: "The cluster runs already" };
  }
  const needsRunning = action === "backUp" || action === "suspend" || action === "loadExampleData";
  if (needsRunning && world.state === "suspended") {
    return { allowed: false, code: "cluster-not-running", reason: "Resume the cluster first", wayOut: "resume" };
  }
  const busy = world.jobs.find((job) => underWay(job) && !ASIDE.has(job.work.kind));
  if (busy !== undefined && action !== "cancelJob" && action !== "deleteBackup") {
    return { allowed: false, code: "cluster-busy", reason: "Another job is under way", jobId: busy.id };
  }
  return { allowed: true };
}

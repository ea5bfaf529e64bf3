import {
  ACTIONS,
  type Action,
  type Availability,
  type Cluster,
  type ClusterState,
  type ClusterTraits,
} from "@snapdeck/contract/cluster";
import { type DatabaseBackupDeed, isActivity, JOB_KINDS, type Job, type JobKind } from "@snapdeck/contract/job";
import type { ProblemCode } from "@snapdeck/contract/problem";
import { type Role, roleIncludes } from "@snapdeck/contract/role";
import { isEnded } from "../jobs/advance-job.ts";
import { coexists, lockModeOf } from "../jobs/lock-mode.ts";

/** What the rules look at. `activity` holds the cluster's jobs under way, and may hold failed ones. */
export type Situation = {
  readonly role: Role;
  readonly state: ClusterState;
  readonly traits: ClusterTraits;
  readonly activity: readonly Job[];
  /** Whether the cluster held a table when it was last looked; absent when nobody looked. */
  readonly holdsTables?: boolean | undefined;
  /** Whether a restore put data aside that nobody undid or let go. */
  readonly hasPreviousData?: boolean | undefined;
  /** What a database backup statement is to do; when nobody says, whatever needs most. */
  readonly deed?: DatabaseBackupDeed | undefined;
};

/** The least role for each action (architecture section 11). */
export const ROLE_NEEDED: Record<Action, Role> = {
  backUp: "operator",
  cancelJob: "operator",
  suspend: "operator",
  resume: "operator",
  loadExampleData: "operator",
  verifyBackup: "operator",
  checkStore: "operator",
  /** Of taking one; statements that remove or replace something need an admin. */
  databaseBackup: "operator",
  restore: "admin",
  undoRestore: "admin",
  keepRestored: "admin",
  deleteBackup: "admin",
};

/** Which action of a person begins each kind of job. */
export const ACTION_OF: Record<JobKind, Exclude<Action, "cancelJob">> = {
  backup: "backUp",
  restore: "restore",
  "undo-restore": "undoRestore",
  "keep-restored": "keepRestored",
  "delete-backup": "deleteBackup",
  "verify-backup": "verifyBackup",
  "check-store": "checkStore",
  "database-backup": "databaseBackup",
  suspend: "suspend",
  resume: "resume",
  "load-example-data": "loadExampleData",
};

/**
 * Whether an action can be done now, and where not, why and what would clear the way. The page shows this and the server enforces
 * it: one rule for both. Checked in the order in which a person can do something about it: role, kind of cluster, the job that moves
 * it, its state, its other jobs.
 */
export function availabilityOf(action: Action, situation: Situation): Availability {
  const needed = ROLE_NEEDED[action];
  if (!roleIncludes(situation.role, needed)) return refused("role-needed", `This needs the role ${needed}`);
  return (
    byTraits(action, situation.traits) ??
    byHolder(action, situation.activity) ??
    byPreviousData(action, situation) ??
    byState(action, situation) ??
    byData(action, situation) ??
    byJobs(action, situation.activity) ?? { allowed: true }
  );
}

/** All actions at once, as a cluster's view carries them. */
export function actionsFor(situation: Situation): Cluster["actions"] {
  const entries = ACTIONS.map((action) => [action, availabilityOf(action, situation)] as const);
  return Object.fromEntries(entries) as Record<Action, Availability>;
}

function byTraits(action: Action, traits: ClusterTraits): Availability | undefined {
  switch (action) {
    case "suspend":
    case "resume":
    case "restore":
    case "undoRestore":
    case "keepRestored":
      return traits.suspends ? undefined : refused("not-supported", "Snapdeck cannot suspend this cluster");
    case "cancelJob":
      return traits.cancels ? undefined : refused("not-supported", "This cluster cannot stop work that runs");
    case "databaseBackup":
      return traits.takesDatabaseBackups
        ? undefined
        : refused("not-supported", "This cluster takes no database backups");
    case "loadExampleData":
      return traits.loadsExampleData ? undefined : refused("not-supported", "This cluster takes no example data");
    case "backUp":
    case "deleteBackup":
    case "verifyBackup":
    case "checkStore":
      return undefined;
  }
}

/**
 * A job that has the cluster to itself explains its state better than the state does. Only a restore and its undo are refused for the
 * state whatever moves the cluster, unless another of them does: until the cluster is suspended, that is what stands in the way (I17,
 * I19).
 */
function byHolder(action: Action, activity: readonly Job[]): Availability | undefined {
  const asked = kindOf(action);
  if (asked === undefined || lockModeOf(asked) === "aside") return undefined;
  const holder = activity.find((job) => !isEnded(job.state) && lockModeOf(job.work.kind) === "exclusive");
  if (holder === undefined || (REPLACES_DATA.has(asked) && !REPLACES_DATA.has(holder.work.kind))) return undefined;
  return busyWith(holder);
}

const REPLACES_DATA: ReadonlySet<JobKind> = new Set(["restore", "undo-restore"]);

function byState(action: Action, { state, traits, deed }: Situation): Availability | undefined {
  switch (action) {
    case "backUp":
      if (state === "running" || (state === "suspended" && traits.backsUpSuspended)) return undefined;
      return notRunning(state);
    case "suspend":
      // One that failed leaves it there, and another is the way out; while one is under way its job is in the way.
      if (state === "suspending") return undefined;
      return state === "running" ? undefined : notRunning(state);
    case "databaseBackup":
      if (state === "suspended" && deed !== undefined && ON_STORE_ALONE.has(deed)) return undefined;
      return state === "running" ? undefined : notRunning(state);
    case "loadExampleData":
      return state === "running" ? undefined : notRunning(state);
    case "resume":
      if (state === "suspended") return undefined;
      return refused("cluster-not-suspended", state === "running" ? "The cluster runs already" : inMotion(state));
    case "restore":
    case "undoRestore":
      if (state === "suspended") return undefined;
      if (state === "running")
        return { ...refused("cluster-not-suspended", "Suspend the cluster first"), wayOut: "suspend" };
      return refused("cluster-not-suspended", inMotion(state));
    case "keepRestored":
      return state === "unreachable" ? refused("cluster-unreachable", inMotion(state)) : undefined;
    case "deleteBackup":
    case "verifyBackup":
    case "checkStore":
    case "cancelJob":
      return undefined;
  }
}

/** They ask the ranks for one thing, whether one still writes; and of a suspended cluster none does. */
const ON_STORE_ALONE: ReadonlySet<DatabaseBackupDeed> = new Set(["alter", "drop", "verify"]);

function byData(action: Action, { holdsTables }: Situation): Availability | undefined {
  if (action !== "loadExampleData" || holdsTables !== true) return undefined;
  return refused("cluster-not-empty", "The cluster holds data already");
}

/** Asked before the state: nobody should suspend a cluster for an undo that cannot be. One that does not answer says nothing of it. */
function byPreviousData(action: Action, { hasPreviousData, state }: Situation): Availability | undefined {
  if (action !== "undoRestore" && action !== "keepRestored") return undefined;
  if (hasPreviousData === true || state === "unreachable") return undefined;
  return refused("no-previous-data", "No restore put data aside that is still there");
}

function byJobs(action: Action, activity: readonly Job[]): Availability | undefined {
  const asked = kindOf(action);
  if (asked === undefined) return undefined;
  const holder = activity.find((job) => isActivity(job) && !isEnded(job.state) && !coexists(asked, job.work.kind));
  if (holder === undefined) return undefined;
  return busyWith(holder);
}

/** The kind of job that an action begins; undefined for one that begins none. */
function kindOf(action: Action): JobKind | undefined {
  return JOB_KINDS.find((kind) => ACTION_OF[kind] === action);
}

function busyWith(job: Job): Availability {
  return { ...refused("cluster-busy", `${WORDS[job.work.kind]} is under way`), jobId: job.id };
}

/** What a job is called in the middle of a sentence that starts with it. */
const WORDS: Record<JobKind, string> = {
  backup: "A backup",
  restore: "A restore",
  "undo-restore": "Undoing a restore",
  "keep-restored": "Removing the previous data",
  "delete-backup": "The deletion of a backup",
  "verify-backup": "A verification",
  "check-store": "A store check",
  "database-backup": "A database backup statement",
  suspend: "Suspending",
  resume: "Resuming",
  "load-example-data": "Loading example data",
};

function notRunning(state: ClusterState): Availability {
  if (state === "suspended") return { ...refused("cluster-not-running", "Resume the cluster first"), wayOut: "resume" };
  return refused("cluster-not-running", inMotion(state));
}

function inMotion(state: ClusterState): string {
  switch (state) {
    case "running":
    case "suspended":
      return `The cluster is ${state}`;
    case "suspending":
      return "The cluster is being suspended";
    case "resuming":
      return "The cluster is being resumed";
    case "restoring":
      return "The cluster is being restored";
    case "unreachable":
      return "The cluster does not answer";
  }
}

function refused(code: ProblemCode, reason: string) {
  return { allowed: false as const, code, reason };
}

import {
  ACTIONS,
  type Action,
  type Availability,
  type Cluster,
  type ClusterState,
  type ClusterTraits,
} from "@snapdeck/contract/cluster";
import { isActivity, type Job, type JobKind } from "@snapdeck/contract/job";
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
};

/** The least role for each action (architecture section 11). */
export const ROLE_NEEDED: Record<Action, Role> = {
  backUp: "operator",
  cancelJob: "operator",
  suspend: "operator",
  resume: "operator",
  loadExampleData: "operator",
  restore: "admin",
  deleteBackup: "admin",
};

const KIND_OF: Record<Exclude<Action, "cancelJob">, JobKind> = {
  backUp: "backup",
  suspend: "suspend",
  resume: "resume",
  restore: "restore",
  deleteBackup: "delete-backup",
  loadExampleData: "load-example-data",
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
      return traits.suspends ? undefined : refused("not-supported", "Snapdeck cannot suspend this cluster");
    case "cancelJob":
      return traits.cancels ? undefined : refused("not-supported", "This cluster cannot stop work that runs");
    case "loadExampleData":
      return traits.loadsExampleData ? undefined : refused("not-supported", "This cluster takes no example data");
    case "backUp":
    case "deleteBackup":
      return undefined;
  }
}

/**
 * A job that has the cluster to itself explains its state better than the state does. Only a restore is refused for the state
 * whatever moves the cluster, unless another restore does: until the cluster is suspended, that is what stands in the way (I17).
 */
function byHolder(action: Action, activity: readonly Job[]): Availability | undefined {
  if (action === "cancelJob") return undefined;
  const holder = activity.find((job) => !isEnded(job.state) && lockModeOf(job.work.kind) === "exclusive");
  if (holder === undefined || (action === "restore" && holder.work.kind !== "restore")) return undefined;
  return busyWith(holder);
}

function byState(action: Action, { state, traits }: Situation): Availability | undefined {
  switch (action) {
    case "backUp":
      if (state === "running" || (state === "suspended" && traits.backsUpSuspended)) return undefined;
      return notRunning(state);
    case "loadExampleData":
    case "suspend":
      return state === "running" ? undefined : notRunning(state);
    case "resume":
      if (state === "suspended") return undefined;
      return refused("cluster-not-suspended", state === "running" ? "The cluster runs already" : inMotion(state));
    case "restore":
      if (state === "suspended") return undefined;
      if (state === "running")
        return { ...refused("cluster-not-suspended", "Suspend the cluster first"), wayOut: "suspend" };
      return refused("cluster-not-suspended", inMotion(state));
    case "deleteBackup":
    case "cancelJob":
      return undefined;
  }
}

function byData(action: Action, { holdsTables }: Situation): Availability | undefined {
  if (action !== "loadExampleData" || holdsTables !== true) return undefined;
  return refused("cluster-not-empty", "The cluster holds data already");
}

function byJobs(action: Action, activity: readonly Job[]): Availability | undefined {
  if (action === "cancelJob") return undefined;
  const asked = KIND_OF[action];
  const holder = activity.find((job) => isActivity(job) && !isEnded(job.state) && !coexists(asked, job.work.kind));
  if (holder === undefined) return undefined;
  return busyWith(holder);
}

function busyWith(job: Job): Availability {
  return { ...refused("cluster-busy", `${WORDS[job.work.kind]} is under way`), jobId: job.id };
}

/** What a job is called in the middle of a sentence that starts with it. */
const WORDS: Record<JobKind, string> = {
  backup: "A backup",
  restore: "A restore",
  "delete-backup": "The deletion of a backup",
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

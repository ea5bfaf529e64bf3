import type { Action, Availability, ClusterState, ClusterTraits } from "@snapdeck/contract/cluster";
import { DatabaseBackupDeed, Job, type JobKind } from "@snapdeck/contract/job";
import type { Role } from "@snapdeck/contract/role";
import { describe, expect, test } from "vitest";
import { actionsFor, availabilityOf } from "./availability.ts";

const traits: ClusterTraits = {
  suspends: true,
  backsUpSuspended: false,
  reportsBytes: true,
  cancels: true,
  speaksBackupSql: false,
  takesDatabaseBackups: true,
  loadsExampleData: true,
};

function aJob(kind: JobKind): Job {
  // More than each kind needs; the schema takes what it knows.
  const work = { kind, backupId: "b-1", restoreId: "6f1c0a52-6c1c-4b53-9a3e-0d1b7c7a0b12", level: "L2", bytes: false };
  return Job.parse({
    id: "6f1c0a52-6c1c-4b53-9a3e-0d1b7c7a0b11",
    clusterId: "local",
    work,
    requestedBy: "ana",
    requestedAt: "2026-11-22T14:00:00.000Z",
    attempt: 1,
    state: { name: "queued" },
    seq: 1,
  });
}

function ask(
  action: Action,
  changes: {
    role?: Role;
    state?: ClusterState;
    job?: JobKind;
    traits?: Partial<ClusterTraits>;
    hasPreviousData?: boolean;
    deed?: DatabaseBackupDeed;
  } = {},
): Availability {
  return availabilityOf(action, {
    role: changes.role ?? "admin",
    state: changes.state ?? "running",
    traits: { ...traits, ...changes.traits },
    activity: changes.job === undefined ? [] : [aJob(changes.job)],
    hasPreviousData: changes.hasPreviousData,
    deed: changes.deed,
  });
}

describe("what a user may do now", () => {
  test("a running cluster can be backed up and suspended, and not resumed", () => {
    expect(ask("backUp")).toEqual({ allowed: true });
    expect(ask("suspend")).toEqual({ allowed: true });
    expect(ask("resume")).toMatchObject({ allowed: false, code: "cluster-not-suspended" });
  });

  test("I17: a running cluster is not restored, and the way out is to suspend it", () => {
    expect(ask("restore")).toEqual({
      allowed: false,
      code: "cluster-not-suspended",
      reason: "Suspend the cluster first",
      wayOut: "suspend",
    });
  });

  test.each<ClusterState>(["running", "suspending", "resuming", "restoring", "unreachable"])(
    "I17: a cluster that is %s is not restored",
    (state) => {
      expect(ask("restore", { state })).toMatchObject({ allowed: false, code: "cluster-not-suspended" });
    },
  );

  test("a suspended cluster can be restored and resumed, and is backed up once it runs again", () => {
    expect(ask("restore", { state: "suspended" })).toEqual({ allowed: true });
    expect(ask("resume", { state: "suspended" })).toEqual({ allowed: true });
    expect(ask("backUp", { state: "suspended" })).toMatchObject({ allowed: false, wayOut: "resume" });
  });

  test("a cluster whose suspend failed halfway can be suspended again, and not while that is under way", () => {
    expect(ask("suspend", { state: "suspending" })).toEqual({ allowed: true });
    expect(ask("suspend", { state: "suspending", job: "suspend" })).toMatchObject({ code: "cluster-busy" });
    expect(ask("suspend", { state: "resuming" })).toMatchObject({ allowed: false, code: "cluster-not-running" });
  });

  test("a cluster that can be backed up while suspended says so by its trait", () => {
    expect(ask("backUp", { state: "suspended", traits: { backsUpSuspended: true } })).toEqual({ allowed: true });
  });

  test("while a restore holds the lock nobody resumes, and the job in the way is named", () => {
    expect(ask("resume", { state: "suspended", job: "restore" })).toMatchObject({
      code: "cluster-busy",
      jobId: aJob("restore").id,
    });
  });

  test("of a suspended cluster database backups are verified, altered and dropped, and neither taken nor restored", () => {
    const allowed = (state: ClusterState) =>
      DatabaseBackupDeed.options.filter((deed) => ask("databaseBackup", { state, deed, role: "operator" }).allowed);
    expect(allowed("running")).toEqual(DatabaseBackupDeed.options);
    expect(allowed("suspended")).toEqual(["alter", "drop", "verify"]);
    for (const state of ["suspending", "resuming", "restoring", "unreachable"] as const)
      expect(allowed(state)).toEqual([]);
    expect(ask("databaseBackup", { state: "suspended" })).toMatchObject({
      code: "cluster-not-running",
      wayOut: "resume",
    });
    const busy = ask("databaseBackup", { state: "suspended", deed: "verify", job: "restore" });
    expect(busy).toMatchObject({ code: "cluster-busy" });
    expect(ask("databaseBackup", { state: "suspended", deed: "verify", role: "viewer" })).toMatchObject({
      code: "role-needed",
    });
  });

  test("a job that moves the cluster is named rather than the state it brought about", () => {
    expect(ask("backUp", { state: "suspending", job: "suspend" })).toMatchObject({
      code: "cluster-busy",
      reason: "Suspending is under way",
    });
    expect(ask("restore", { state: "restoring", job: "restore" })).toMatchObject({ code: "cluster-busy" });
    expect(ask("restore", { state: "suspending", job: "suspend" })).toMatchObject({ code: "cluster-not-suspended" });
  });

  test("a backup under way stops a second one and a suspend, and no deletion", () => {
    expect(ask("backUp", { job: "backup" })).toMatchObject({ code: "cluster-busy" });
    expect(ask("suspend", { job: "backup" })).toMatchObject({ code: "cluster-busy", reason: "A backup is under way" });
    expect(ask("deleteBackup", { job: "backup" })).toEqual({ allowed: true });
  });

  test("a cluster that Snapdeck cannot suspend is not restored either, with the reason", () => {
    expect(ask("restore", { traits: { suspends: false } })).toMatchObject({ code: "not-supported" });
  });

  describe("what a restore put aside", () => {
    test("I19: comes back only while the cluster is suspended, and the way out is to suspend it", () => {
      expect(ask("undoRestore", { hasPreviousData: true })).toMatchObject({
        code: "cluster-not-suspended",
        wayOut: "suspend",
      });
      expect(ask("undoRestore", { state: "suspended", hasPreviousData: true })).toEqual({ allowed: true });
      expect(ask("undoRestore", { state: "suspending", job: "suspend", hasPreviousData: true })).toMatchObject({
        code: "cluster-not-suspended",
      });
    });

    test("is let go whatever the state, but not of a cluster that does not answer", () => {
      for (const state of ["running", "suspended"] as const) {
        expect(ask("keepRestored", { state, hasPreviousData: true })).toEqual({ allowed: true });
      }
      expect(ask("keepRestored", { state: "unreachable" })).toMatchObject({ code: "cluster-unreachable" });
    });

    test("is not offered where there is none, and nobody is told to suspend for it", () => {
      for (const action of ["undoRestore", "keepRestored"] as const) {
        expect(ask(action)).toMatchObject({ code: "no-previous-data" });
        expect(ask(action, { hasPreviousData: false })).not.toHaveProperty("wayOut");
      }
    });

    test("is neither undone nor let go while a restore or an undo is under way", () => {
      for (const job of ["restore", "undo-restore"] as const) {
        for (const action of ["undoRestore", "keepRestored", "restore"] as const) {
          expect(ask(action, { state: "restoring", job, hasPreviousData: true })).toMatchObject({
            code: "cluster-busy",
          });
        }
      }
    });
  });

  test("a backup is verified and the store checked whatever the cluster does, and nothing waits for that", () => {
    for (const state of ["running", "suspended", "restoring", "unreachable"] as const) {
      expect(ask("verifyBackup", { state, job: "restore" })).toEqual({ allowed: true });
      expect(ask("checkStore", { state, job: "suspend" })).toEqual({ allowed: true });
    }
    expect(ask("verifyBackup", { job: "verify-backup" })).toEqual({ allowed: true });
    expect(ask("checkStore", { job: "check-store" })).toMatchObject({ code: "cluster-busy" });
    expect(ask("suspend", { job: "verify-backup" })).toEqual({ allowed: true });
    expect(ask("backUp", { job: "check-store" })).toEqual({ allowed: true });
  });

  test("example data is not mixed with data of one's own", () => {
    const situation = { role: "admin", state: "running", traits, activity: [] } as const;
    expect(availabilityOf("loadExampleData", { ...situation, holdsTables: true })).toMatchObject({
      code: "cluster-not-empty",
    });
    expect(availabilityOf("loadExampleData", { ...situation, holdsTables: false })).toEqual({ allowed: true });
    expect(availabilityOf("loadExampleData", situation)).toEqual({ allowed: true });
  });

  const roles: Record<Action, Role> = {
    backUp: "operator",
    cancelJob: "operator",
    suspend: "operator",
    resume: "operator",
    loadExampleData: "operator",
    verifyBackup: "operator",
    checkStore: "operator",
    databaseBackup: "operator",
    restore: "admin",
    undoRestore: "admin",
    keepRestored: "admin",
    deleteBackup: "admin",
  };
  test.each(Object.entries(roles) as [Action, Role][])(
    "%s needs the role %s, and says so to a viewer",
    (action, role) => {
      expect(ask(action, { role: "viewer", state: "suspended" })).toEqual({
        allowed: false,
        code: "role-needed",
        reason: `This needs the role ${role}`,
      });
    },
  );

  test("an operator neither restores nor deletes", () => {
    const actions = actionsFor({ role: "operator", state: "suspended", traits, activity: [] });
    expect(actions.restore).toMatchObject({ code: "role-needed" });
    expect(actions.deleteBackup).toMatchObject({ code: "role-needed" });
    expect(actions.resume).toEqual({ allowed: true });
  });
});

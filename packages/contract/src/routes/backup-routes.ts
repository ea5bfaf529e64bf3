import { z } from "zod";
import { Backup, RestorePlan } from "../backup.ts";
import { Job } from "../job.ts";
import { ProofLevel } from "../proof.ts";
import type { Route } from "../route.ts";
import { BackupId, ClusterId, JobId, PlanId } from "../scalars.ts";

const none = z.strictObject({});
const ofCluster = z.strictObject({ clusterId: ClusterId });
const ofBackup = z.strictObject({ clusterId: ClusterId, backupId: BackupId });
const ofRestore = z.strictObject({ clusterId: ClusterId, restoreId: JobId });

export const backupRoutes = {
  listBackups: {
    method: "GET",
    path: "/clusters/:clusterId/backups",
    summary: "Completed backups, sorted and filtered by the server",
    role: "viewer",
    params: ofCluster,
    query: z.strictObject({
      /** Part of a backup's id, of who asked for it, or of the day it was taken (`2026-11-22`). */
      search: z.string().max(64).optional(),
      sort: z.enum(["newest", "oldest", "largest", "smallest"]).default("newest"),
      cursor: z.string().max(256).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    body: undefined,
    status: 200,
    response: z.object({
      items: z.array(Backup),
      next: z.string().nullable(),
      /** How many the search finds altogether. */
      total: z.int().nonnegative(),
      seq: z.int().nonnegative(),
    }),
    problems: ["cluster-not-found", "store-unavailable"],
  },
  getBackup: {
    method: "GET",
    path: "/clusters/:clusterId/backups/:backupId",
    summary: "One completed backup",
    role: "viewer",
    params: ofBackup,
    query: none,
    body: undefined,
    status: 200,
    response: Backup,
    problems: ["cluster-not-found", "backup-not-found"],
  },
  startBackup: {
    method: "POST",
    path: "/clusters/:clusterId/backups",
    summary: "Backup Now: back up the whole running cluster",
    role: "operator",
    params: ofCluster,
    query: none,
    body: none,
    status: 202,
    response: Job,
    problems: ["cluster-not-found", "cluster-not-running", "cluster-busy", "disk-full", "cluster-unreachable"],
  },
  deleteBackup: {
    method: "DELETE",
    path: "/clusters/:clusterId/backups/:backupId",
    summary: "Delete a backup and its files",
    role: "admin",
    fresh: true,
    params: ofBackup,
    query: none,
    body: undefined,
    status: 202,
    response: Job,
    problems: ["cluster-not-found", "backup-not-found", "backup-in-use", "cluster-busy", "sign-in-too-old"],
  },
  planRestore: {
    method: "POST",
    path: "/clusters/:clusterId/backups/:backupId/restore-plans",
    summary: "Compute what a restore of this backup would do; changes nothing",
    role: "admin",
    params: ofBackup,
    query: none,
    body: none,
    status: 201,
    response: RestorePlan,
    problems: ["cluster-not-found", "backup-not-found", "store-unavailable", "backup-unusable"],
  },
  startRestore: {
    method: "POST",
    path: "/clusters/:clusterId/restores",
    summary: "Replace all data of the suspended cluster by a backup, as planned",
    role: "admin",
    fresh: true,
    params: ofCluster,
    query: none,
    /** `clusterName` is typed by the operator and must be the cluster's. */
    body: z.strictObject({
      planId: PlanId,
      clusterName: z.string().max(63),
      /** Needed for a suspect backup: why it is restored all the same. Goes to the audit trail. */
      suspectReason: z.string().trim().min(10).max(500).optional(),
    }),
    status: 202,
    response: Job,
    problems: [
      "cluster-not-found",
      "cluster-not-suspended",
      "cluster-busy",
      "plan-stale",
      "name-mismatch",
      "backup-not-found",
      "backup-unusable",
      "backup-suspect",
      "disk-full",
      "sign-in-too-old",
      "not-supported",
    ],
  },
  verifyBackup: {
    method: "POST",
    path: "/clusters/:clusterId/backups/:backupId/verifications",
    summary: "Prove a backup again: read every byte back (L2), or restore it into a throw-away rank as well (L3)",
    role: "operator",
    params: ofBackup,
    query: none,
    body: z.strictObject({ level: ProofLevel.exclude(["L1"]) }),
    status: 202,
    response: Job,
    problems: ["cluster-not-found", "backup-not-found", "backup-in-use", "cluster-busy", "disk-full", "not-supported"],
  },
  undoRestore: {
    method: "POST",
    path: "/clusters/:clusterId/restores/:restoreId/undo",
    summary: "Bring back the data that a restore of the suspended cluster put aside",
    role: "admin",
    fresh: true,
    params: ofRestore,
    query: none,
    /** `clusterName` is typed by the operator and must be the cluster's. */
    body: z.strictObject({ clusterName: z.string().max(63) }),
    status: 202,
    response: Job,
    problems: [
      "cluster-not-found",
      "cluster-not-suspended",
      "cluster-busy",
      "no-previous-data",
      "name-mismatch",
      "sign-in-too-old",
      "not-supported",
    ],
  },
  keepRestored: {
    method: "POST",
    path: "/clusters/:clusterId/restores/:restoreId/keep",
    summary: "Keep the restored data: remove what the restore put aside, so that it can no longer be undone",
    role: "admin",
    fresh: true,
    params: ofRestore,
    query: none,
    body: none,
    status: 202,
    response: Job,
    problems: ["cluster-not-found", "cluster-busy", "no-previous-data", "sign-in-too-old", "not-supported"],
  },
  checkStore: {
    method: "POST",
    path: "/clusters/:clusterId/store-checks",
    summary: "Prove the invariants on store and state; repairs nothing",
    role: "operator",
    params: ofCluster,
    query: none,
    /** `bytes` reads every byte of every backup too. */
    body: z.strictObject({ bytes: z.boolean().default(false) }),
    status: 202,
    response: Job,
    problems: ["cluster-not-found", "cluster-busy", "store-unavailable"],
  },
} as const satisfies Record<string, Route>;

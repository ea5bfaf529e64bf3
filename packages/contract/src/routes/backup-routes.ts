import { z } from "zod";
import { Backup, RestorePlan } from "../backup.ts";
import { Job } from "../job.ts";
import type { Route } from "../route.ts";
import { BackupId, ClusterId, PlanId } from "../scalars.ts";

const none = z.strictObject({});
const ofCluster = z.strictObject({ clusterId: ClusterId });
const ofBackup = z.strictObject({ clusterId: ClusterId, backupId: BackupId });

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
    body: z.strictObject({ planId: PlanId, clusterName: z.string().max(63) }),
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
      "disk-full",
      "sign-in-too-old",
      "not-supported",
    ],
  },
} as const satisfies Record<string, Route>;

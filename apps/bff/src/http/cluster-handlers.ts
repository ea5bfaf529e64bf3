import type { ClusterId } from "@snapdeck/contract/scalars";
import type { PlainWork, Services } from "../services.ts";
import type { Handlers, SignedInCall } from "./handlers.ts";

type ClusterRoute =
  | "listClusters"
  | "getCluster"
  | "getInventory"
  | "checksumTable"
  | "suspendCluster"
  | "resumeCluster"
  | "loadExampleData"
  | "listActivity"
  | "listJobs"
  | "getJob"
  | "cancelJob"
  | "listBackups"
  | "getBackup"
  | "startBackup"
  | "deleteBackup"
  | "planRestore"
  | "startRestore"
  | "undoRestore"
  | "keepRestored"
  | "verifyBackup"
  | "checkStore";

/** Clusters, their jobs and their backups: each request is one call of a service, which holds the rules. */
export function clusterHandlers({
  clusters,
  jobs,
  backups,
}: Pick<Services, "clusters" | "jobs" | "backups">): Pick<Handlers, ClusterRoute> {
  const start = (clusterId: ClusterId, work: PlainWork, { actor, idempotencyKey }: SignedInCall) =>
    jobs.start(clusterId, work, actor, idempotencyKey);

  return {
    listClusters: async (_input, { actor }) => ({ items: await clusters.list(actor.role) }),
    getCluster: ({ params }, { actor }) => clusters.view(params.clusterId, actor.role),
    getInventory: ({ params }) => clusters.inventory(params.clusterId),
    checksumTable: ({ params, body }, { signal }) =>
      clusters.checksum(params.clusterId, body.database, body.table, signal),
    suspendCluster: ({ params }, call) => start(params.clusterId, { kind: "suspend" }, call),
    resumeCluster: ({ params }, call) => start(params.clusterId, { kind: "resume" }, call),
    loadExampleData: ({ params }, call) => start(params.clusterId, { kind: "load-example-data" }, call),

    listActivity: ({ params }) => jobs.activity(params.clusterId),
    listJobs: ({ params, query }) => jobs.page(params.clusterId, query),
    getJob: ({ params }) => jobs.get(params.clusterId, params.jobId),
    cancelJob: ({ params }, { actor }) => jobs.cancel(params.clusterId, params.jobId, actor),

    listBackups: ({ params, query }) => backups.page(params.clusterId, query),
    getBackup: ({ params }) => backups.get(params.clusterId, params.backupId),
    startBackup: ({ params }, { actor, idempotencyKey }) => backups.start(params.clusterId, actor, idempotencyKey),
    deleteBackup: ({ params: { clusterId, backupId } }, call) =>
      start(clusterId, { kind: "delete-backup", backupId }, call),
    planRestore: ({ params }, { actor }) => backups.planRestore(params.clusterId, params.backupId, actor),
    startRestore: ({ params, body }, { actor, idempotencyKey }) =>
      backups.startRestore(params.clusterId, body, actor, idempotencyKey),
    undoRestore: ({ params: { clusterId, restoreId }, body: { clusterName } }, { actor, idempotencyKey }) =>
      backups.undoRestore(clusterId, { restoreId, clusterName }, actor, idempotencyKey),
    keepRestored: ({ params: { clusterId, restoreId } }, call) =>
      start(clusterId, { kind: "keep-restored", restoreId }, call),
    verifyBackup: ({ params: { clusterId, backupId }, body: { level } }, call) =>
      start(clusterId, { kind: "verify-backup", backupId, level }, call),
    checkStore: ({ params, body: { bytes } }, call) => start(params.clusterId, { kind: "check-store", bytes }, call),
  };
}

import type { BackupId, ClusterId, JobId } from "@snapdeck/contract/scalars";
import { SESSION_KEY } from "./session-cache.ts";

/** Where each answer lies in the query cache. All of one cluster lies below `ofCluster(id)`. */
export const keys = {
  session: () => SESSION_KEY,
  clusters: () => ["clusters"] as const,
  ofCluster: (clusterId: ClusterId) => ["cluster", clusterId] as const,
  cluster: (clusterId: ClusterId) => ["cluster", clusterId, "view"] as const,
  inventory: (clusterId: ClusterId) => ["cluster", clusterId, "inventory"] as const,
  activity: (clusterId: ClusterId) => ["cluster", clusterId, "activity"] as const,
  /** The lists of backups, and each backup that was read by itself. */
  ofBackups: (clusterId: ClusterId) => ["cluster", clusterId, "backups"] as const,
  backupLists: (clusterId: ClusterId) => ["cluster", clusterId, "backups", "list"] as const,
  backups: (clusterId: ClusterId, search: string, sort: string) =>
    ["cluster", clusterId, "backups", "list", { search, sort }] as const,
  backup: (clusterId: ClusterId, backupId: BackupId) => ["cluster", clusterId, "backups", "one", backupId] as const,
  jobs: (clusterId: ClusterId) => ["cluster", clusterId, "jobs"] as const,
  /** The newest jobs, asked for because of a script whose answer did not come; read again whenever the list of jobs is. */
  scriptJobs: (clusterId: ClusterId, scriptKey: string) => ["cluster", clusterId, "jobs", "script", scriptKey] as const,
  job: (clusterId: ClusterId, jobId: JobId) => ["cluster", clusterId, "job", jobId] as const,
  /** What is on the SQL page: never asked of the server, and gone with the session. */
  sqlDesk: (clusterId: ClusterId) => ["cluster", clusterId, "sql"] as const,
  throughput: (jobId: JobId) => ["throughput", jobId] as const,
  users: () => ["users"] as const,
  audit: () => ["audit"] as const,
};

import type { Job } from "@snapdeck/contract/job";
import type { ClusterId } from "@snapdeck/contract/scalars";
import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useNow } from "../../format/use-now.ts";
import { jobTitle } from "../../job-card/job-title.ts";
import { listedBackup } from "./use-backup.ts";

/** How often titles are looked at again, in milliseconds: they say "today", which ends at midnight. */
const STEP_MS = 60_000;

/** Names jobs, with the moments of their backups remembered: a backup that is being deleted leaves the lists before its job ends. */
export function useJobTitles(clusterId: ClusterId): (job: Job) => string {
  const client = useQueryClient();
  const moments = useRef(new Map<string, string>());
  const nowMs = useNow(STEP_MS);
  return (job) => {
    if (!("backupId" in job.work)) return jobTitle(job, { nowMs });
    const { backupId } = job.work;
    const takenAt = listedBackup(client, clusterId, backupId)?.takenAt ?? moments.current.get(backupId);
    if (takenAt !== undefined) moments.current.set(backupId, takenAt);
    return jobTitle(job, { nowMs, backupTakenAt: takenAt });
  };
}

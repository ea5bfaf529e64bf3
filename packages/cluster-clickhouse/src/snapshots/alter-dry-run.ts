import { randomUUID } from "node:crypto";
import type { DatabaseBackupInfo, DatabaseBackupOptions } from "@snapdeck/contract/database-backup";
import { JobId } from "@snapdeck/contract/scalars";
import type { AlterRequest } from "@snapdeck/core/ports/database-backups";
import { type DryRunRow, planRows } from "@snapdeck/core/snapshots/dry-run-rows";
import type { ClusterParts } from "../cluster-parts.ts";
import { readBackup } from "./alter.ts";
import { planPurge } from "./alter-purge.ts";
import { prepareMerge } from "./merge-plan.ts";

/** What an alteration would do. @throws {SnapdeckError} as the alteration itself would, before it changes anything */
export async function planAlter(parts: ClusterParts, request: AlterRequest): Promise<DryRunRow[]> {
  const info = settled((await readBackup(request)).info);
  switch (request.action) {
    case "set":
      return changes(info.options, { ...info.options, ...request.options });
    case "purge":
      return planRows(await planPurge(parts, request, info, request.snapshotId), info.snapshots);
    case "merge": {
      const plan = await prepareMerge(parts, { ...request, jobId: JobId.parse(randomUUID()), requestedBy: "" }, info);
      return planRows(await plan.steps(parts.clock()), info.snapshots);
    }
  }
}

const SETTINGS = [
  ["CHECKSUM", ({ checksum }: DatabaseBackupOptions) => checksum],
  ["DDL_ONLY", ({ ddlOnly }: DatabaseBackupOptions) => ddlOnly],
  ["MAX_INCREMENTAL_BACKUPS_TO_KEEP", (options: DatabaseBackupOptions) => options.maxIncrementalBackupsToKeep ?? -1],
] as const;

function changes(before: DatabaseBackupOptions, after: DatabaseBackupOptions): DryRunRow[] {
  return SETTINGS.flatMap(([name, valueIn]): DryRunRow[] =>
    valueIn(before) === valueIn(after)
      ? []
      : [{ action: "change", subject: `${name} from ${valueIn(before)} to ${valueIn(after)}` }],
  );
}

/** As it will be when the folders are gone that an interrupted removal left, which is finished first. */
function settled({ work, ...info }: DatabaseBackupInfo): DatabaseBackupInfo {
  return work?.step === "folding" ? { ...info, work } : info;
}

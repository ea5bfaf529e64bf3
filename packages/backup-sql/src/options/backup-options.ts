import type { OptionTable } from "./option-table.ts";

const CHECKSUM = { sql: "CHECKSUM", type: "boolean" } as const;
const COMMENT = { sql: "COMMENT", type: "text" } as const;
const DDL_ONLY = { sql: "DDL_ONLY", type: "boolean" } as const;
const DRY_RUN = { sql: "DRY_RUN", type: "boolean" } as const;
const BACKUP_ID = { sql: "BACKUP_ID", type: "snapshot id" } as const;
const BLOCK_TABLE_MUTATIONS = { sql: "BLOCK_TABLE_MUTATIONS", type: "boolean" } as const;
/** -1 is no limit, as over REST. */
const MAX_INCREMENTAL = { sql: "MAX_INCREMENTAL_BACKUPS_TO_KEEP", type: "integer", min: -1 } as const;

/** MAX_INCREMENTAL_BACKUPS_TO_KEEP stands here because ALTER BACKUP changes what was set at the start. */
export const CREATE_BACKUP_OPTIONS = {
  checksum: CHECKSUM,
  comment: COMMENT,
  ddlOnly: DDL_ONLY,
  dryRun: DRY_RUN,
  maxIncrementalBackupsToKeep: MAX_INCREMENTAL,
  recreate: { sql: "RECREATE", type: "boolean" },
  blockTableMutations: BLOCK_TABLE_MUTATIONS,
} as const satisfies OptionTable;

export const INCREMENTAL_OPTIONS = {
  checksum: CHECKSUM,
  comment: COMMENT,
  ddlOnly: DDL_ONLY,
  dryRun: DRY_RUN,
  maxIncrementalBackupsToKeep: MAX_INCREMENTAL,
  blockTableMutations: BLOCK_TABLE_MUTATIONS,
} as const satisfies OptionTable;

export const DIFFERENTIAL_OPTIONS = {
  checksum: CHECKSUM,
  comment: COMMENT,
  ddlOnly: DDL_ONLY,
  deleteIntermediateBackups: { sql: "DELETE_INTERMEDIATE_BACKUPS", type: "boolean" },
  dryRun: DRY_RUN,
  blockTableMutations: BLOCK_TABLE_MUTATIONS,
} as const satisfies OptionTable;

/** What ALTER BACKUP ... SET changes for the snapshots to come. */
export const BACKUP_SETTINGS = {
  checksum: CHECKSUM,
  ddlOnly: DDL_ONLY,
  maxIncrementalBackupsToKeep: MAX_INCREMENTAL,
} as const satisfies OptionTable;

export const MERGE_OPTIONS = { comment: COMMENT, dryRun: DRY_RUN } as const satisfies OptionTable;

/** The options of ALTER BACKUP with PURGE or SET. */
export const ALTER_BACKUP_OPTIONS = { dryRun: DRY_RUN } as const satisfies OptionTable;

export const RESTORE_BACKUP_OPTIONS = {
  backupId: BACKUP_ID,
  checksum: CHECKSUM,
  createSchemaIfNotExist: { sql: "CREATE_SCHEMA_IF_NOT_EXIST", type: "boolean" },
  ddlOnly: DDL_ONLY,
  dryRun: DRY_RUN,
  restorePolicy: { sql: "RESTORE_POLICY", type: "choice", choices: ["none", "rename", "replace"] },
  renamedObjectsSchema: { sql: "RENAMED_OBJECTS_SCHEMA", type: "name" },
  restoreSubscriptions: { sql: "RESTORE_SUBSCRIPTIONS", type: "choice", choices: ["resume", "pause", "cancel"] },
  reingest: { sql: "REINGEST", type: "boolean" },
  restoreAllPermissions: { sql: "RESTORE_ALL_PERMISSIONS", type: "boolean" },
  targetSchemaMap: { sql: "TARGET_SCHEMA_MAP", type: "schema map" },
} as const satisfies OptionTable;

export const DROP_BACKUP_OPTIONS = {
  deleteAllBackups: { sql: "DELETE_ALL_BACKUPS", type: "boolean" },
  dryRun: DRY_RUN,
  noErrorIfNotExists: { sql: "NO_ERROR_IF_NOT_EXISTS", type: "boolean" },
} as const satisfies OptionTable;

export const VERIFY_BACKUP_OPTIONS = { backupId: BACKUP_ID } as const satisfies OptionTable;

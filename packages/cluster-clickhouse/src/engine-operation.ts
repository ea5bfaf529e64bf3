import { z } from "zod";
import { shortMessage } from "./engine-error.ts";
import { EngineCount } from "./engine-values.ts";
import type { RankClient } from "./rank-client.ts";
import { killQuery, SELECT_OPERATION, SELECT_OPERATIONS_IN, SELECT_OPERATIONS_OF } from "./sql.ts";

/** What a rank says of one BACKUP or RESTORE in `system.backups`, which it forgets when its process ends. */
const OperationRow = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.string(),
    error: z.string(),
    query_id: z.string(),
    num_files: EngineCount,
    num_entries: EngineCount,
    total_size: EngineCount,
    uncompressed_size: EngineCount,
    failed_writes: EngineCount,
    started_ms: EngineCount,
  })
  .transform((row) => ({
    id: row.id,
    /** As the statement named it. */
    destination: row.name,
    stage: stageOf(row.status),
    error: shortMessage(row.error),
    queryId: row.query_id,
    filesTotal: row.num_files,
    filesDone: row.num_entries,
    bytesTotal: row.total_size,
    bytesDone: row.uncompressed_size,
    /** Writes that failed; the embedded engine ends with success all the same. */
    failedWrites: row.failed_writes,
    startedAt: new Date(row.started_ms).toISOString(),
  }));
export type EngineOperation = z.infer<typeof OperationRow>;

export type OperationStage = "running" | "succeeded" | "failed" | "canceled";

/** Statuses as in ClickHouse's `BackupStatus.h`. One we do not know is not an end. */
export function stageOf(status: string): OperationStage {
  if (status === "BACKUP_CREATED" || status === "RESTORED") return "succeeded";
  if (status === "BACKUP_FAILED" || status === "RESTORE_FAILED") return "failed";
  if (status === "BACKUP_CANCELLED" || status === "RESTORE_CANCELLED") return "canceled";
  return "running";
}

/** How long a rank may think about what it works on, in milliseconds; it has it in memory. */
const QUESTION_MS = 10_000;

/** Undefined when this process of the rank knows no such operation. */
export async function findOperation(client: RankClient, id: string): Promise<EngineOperation | undefined> {
  const [operation] = await client.rows("telling how far it is", OperationRow, SELECT_OPERATION, {
    params: { id },
    timeoutMs: QUESTION_MS,
  });
  return operation;
}

/** Operations whose id begins with `prefix`, oldest first. */
export function findOperationsOf(client: RankClient, prefix: string): Promise<EngineOperation[]> {
  return client.rows("telling what it works on", OperationRow, SELECT_OPERATIONS_OF, { params: { prefix } });
}

/** Operations whose destination holds `folder`, oldest first. */
export function findOperationsIn(client: RankClient, folder: string): Promise<EngineOperation[]> {
  return client.rows("telling what it works on", OperationRow, SELECT_OPERATIONS_IN, {
    params: { folder },
    timeoutMs: QUESTION_MS,
  });
}

/** Asks the engine to end an operation. Whether it did is told by {@link findOperation} alone. */
export function killOperation(client: RankClient, operation: EngineOperation): Promise<void> {
  return client.run("stopping its work", killQuery(operation.queryId));
}

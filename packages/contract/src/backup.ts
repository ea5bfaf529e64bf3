import { z } from "zod";
import { Proof, ProofFault, ProofLevel } from "./proof.ts";
import { BackupId, Bytes, ClusterId, Count, JobId, Moment, PlanId, Sha256 } from "./scalars.ts";

/** A later proof failed: the backup is still listed, and restored only for a reason that an admin types. */
export const Suspect = z.object({
  level: ProofLevel,
  foundAt: Moment,
  /** The first few of what differs; `faultsTotal` counts them all. */
  faults: z.array(ProofFault).max(20),
  faultsTotal: Count,
});
export type Suspect = z.infer<typeof Suspect>;

/** One completed System Backup, as listed under Backups. */
export const Backup = z.object({
  id: BackupId,
  clusterId: ClusterId,
  /** When it was started; names the moment whose data it holds. */
  takenAt: Moment,
  completedAt: Moment,
  tookMs: z.number().nonnegative(),
  sizeBytes: Bytes,
  files: Count,
  databases: Count,
  tables: Count,
  /** Rows of the tables whose engine counts them. */
  rows: Count,
  ranks: Count,
  engineVersion: z.string(),
  requestedBy: z.string(),
  manifestSha256: Sha256,
  /** The strongest proof that holds: what failed since no longer counts. */
  proof: Proof,
  /** The newest passed proof of each level, weakest first. */
  proofs: z.array(Proof),
  suspect: Suspect.optional(),
  /** The job that uses it now: it cannot be deleted until that ends. */
  inUseBy: JobId.optional(),
});
export type Backup = z.infer<typeof Backup>;

/** What a restore would do to one table. `removed`: it exists now and the backup does not hold it. */
export const TableEffect = z.object({
  database: z.string(),
  table: z.string(),
  effect: z.enum(["replaced", "removed", "brought-back"]),
  /** Absent where unknown. */
  rowsNow: Count.optional(),
  rowsThen: Count.optional(),
});
export type TableEffect = z.infer<typeof TableEffect>;

/** The computed effect of a restore, before it happens. A restore takes the id of the plan that the operator has seen. */
export const RestorePlan = z.object({
  id: PlanId,
  backup: Backup,
  clusterName: z.string(),
  madeAt: Moment,
  /** After this the plan is stale and must be made again. */
  expiresAt: Moment,
  tables: z.array(TableEffect),
  /** When `rowsNow` was read; absent where nobody could. */
  rowsNowObservedAt: Moment.optional(),
  rowsNow: Count.optional(),
  rowsThen: Count,
  space: z.object({ neededBytes: Bytes, freeBytes: Bytes, enough: z.boolean() }),
  /** From the speed of this cluster's earlier restores and backups, in milliseconds; absent before there was one. */
  expectedMs: z.number().nonnegative().optional(),
  /** What the operator should know first, as full sentences; the data is safe whatever they say. */
  warnings: z.array(z.string()),
});
export type RestorePlan = z.infer<typeof RestorePlan>;

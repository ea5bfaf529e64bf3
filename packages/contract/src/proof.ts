import { z } from "zod";
import { BackupId, Bytes, ClusterId, Count, JobId, Moment, RankNumber, Sha256 } from "./scalars.ts";
import type { StorePath } from "./store-path.ts";

/**
 * How far a backup was proven. L1: every file is there with its size, no failed write was counted, everything is synced. L2: every
 * byte was read back and fits the manifest. L3: L2, restored into a throw-away rank, scanned in full, rows and contents compared.
 */
export const ProofLevel = z.enum(["L1", "L2", "L3"]);
export type ProofLevel = z.infer<typeof ProofLevel>;

/** A proof that was passed, and when. */
export const Proof = z.object({ level: ProofLevel, provenAt: Moment });
export type Proof = z.infer<typeof Proof>;

/** One thing that a proof found to be other than the manifest says. */
export const ProofFault = z.object({
  /** The file, relative to the backup's folder, or `<database>.<table>` for what only a scan can tell. */
  subject: z.string(),
  fault: z.enum(["missing", "size", "bytes", "unreadable", "extra", "restore", "rows", "contents"]),
  /** In words, with both numbers where there are two. */
  detail: z.string(),
});
export type ProofFault = z.infer<typeof ProofFault>;

/** The most faults that one record names; `faultsTotal` counts them all. */
export const MAX_RECORDED_FAULTS = 100;

/**
 * What a later proof found, on the store beside the manifest: `/<cluster>/<backup_id>/proofs/<epoch ms>-<level>-<job>.json`.
 * Published like a manifest, never replaced; so a console that lost its state knows how far each backup was proven.
 */
export const ProofRecord = z.object({
  format: z.literal("snapdeck-proof/1"),
  clusterId: ClusterId,
  backupId: BackupId,
  /** The manifest that was proven; a record of another one says nothing. */
  manifestSha256: Sha256,
  jobId: JobId,
  level: ProofLevel.exclude(["L1"]),
  provenAt: Moment,
  files: Count,
  sizeBytes: Bytes,
  /** Empty when the proof was passed. */
  faults: z.array(ProofFault).max(MAX_RECORDED_FAULTS),
  faultsTotal: Count,
  /** Of L3: the engine that scanned. Another version may write the same value in other bytes, so only scans of the same are compared. */
  engineVersion: z.string().optional(),
  /** Of L3: what the scan of each restored table gave, so that a later restore can be compared by contents. */
  tables: z
    .array(z.object({ rank: RankNumber, database: z.string(), table: z.string(), rows: Count, checksum: z.string() }))
    .optional(),
  /** Sealed SHA-256 of everything above, as a manifest's; a record without it is not believed. */
  signature: z.string().optional(),
});
export type ProofRecord = z.infer<typeof ProofRecord>;

/** Where a backup's proof records stand, relative to its folder. */
export const PROOFS_FOLDER: StorePath = "proofs";

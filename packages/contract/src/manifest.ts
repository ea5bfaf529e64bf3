import { z } from "zod";
import { BackupId, Bytes, ClusterId, Count, JobId, Moment, RankNumber, Sha256 } from "./scalars.ts";
import { StorePath } from "./store-path.ts";

export const ManifestFile = z.object({
  path: StorePath,
  sizeBytes: Bytes,
  /** The engine's own checksum of the contents, as its metadata gives it; absent for the metadata file itself. */
  engineChecksum: z.string().optional(),
  /** Of the files that a restore executes or is led by: definitions and the engine's metadata. */
  sha256: Sha256.optional(),
});
export type ManifestFile = z.infer<typeof ManifestFile>;

/** DDL that the engine's own backup leaves out. Text that may hold a secret is sealed with a key that is not in the store. */
export const Definition = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("function"), name: z.string(), ddl: z.string() }),
  z.object({ kind: z.literal("named-collection"), name: z.string(), sealedDdl: z.string() }),
]);
export type Definition = z.infer<typeof Definition>;

export const ManifestTable = z.object({
  database: z.string(),
  table: z.string(),
  engine: z.string(),
  /** As counted in the backup itself, not in the live table; absent where the engine does not count. */
  rows: Count.optional(),
});
export type ManifestTable = z.infer<typeof ManifestTable>;

/**
 * `/<cluster>/<backup_id>/manifest.json`: written last, so its presence is what makes a backup exist. Everything it names
 * was synced and measured before.
 */
export const Manifest = z.object({
  format: z.literal("snapdeck-system-backup/1"),
  backupId: BackupId,
  clusterId: ClusterId,
  clusterName: z.string(),
  engine: z.object({ name: z.string(), version: z.string() }),
  jobId: JobId,
  requestedBy: z.string(),
  takenAt: Moment,
  completedAt: Moment,
  tookMs: z.number().nonnegative(),
  ranks: z.array(
    z.object({
      rank: RankNumber,
      /** Where this rank's files stand, relative to the backup's folder; a path that no other attempt ever used. */
      folder: StorePath,
      databases: z.array(z.string()),
      tables: z.array(ManifestTable),
      definitions: z.array(Definition),
      /** What could not be taken along, by name and reason; absent when nothing was left out. */
      leftOut: z
        .array(z.object({ what: z.literal("named-collection"), name: z.string(), reason: z.string() }))
        .optional(),
      files: z.array(ManifestFile),
      sizeBytes: Bytes,
    }),
  ),
  /** What L1 looked at and when; a manifest is written only after L1 passed. */
  proof: z.object({ level: z.literal("L1"), provenAt: Moment, failedWrites: z.literal(0) }),
  /**
   * Sealed SHA-256 of everything above, made with a key that is not in the store: what a restore executes comes from there, and
   * is refused without it.
   */
  signature: z.string().optional(),
});
export type Manifest = z.infer<typeof Manifest>;

import { z } from "zod";
import { Bytes, Count, Sha256 } from "./scalars.ts";
import { StorePath } from "./store-path.ts";

/**
 * Names a snapshot inside its backup, and its folder: the epoch millisecond at which it was started, or the next one that is free.
 * At most the last millisecond of the year 9999.
 */
export const SnapshotId = z.int().positive().max(253_402_300_799_999).brand<"SnapshotId">();
export type SnapshotId = z.infer<typeof SnapshotId>;

/** Where the engine wrote one of its backups, relative to the snapshot's folder: `rank-0/tom-0`, or a folder right below it. */
export const EngineFolder = z.string().regex(/^rank-(0|[1-9]\d{0,5})\/tom-(0|[1-9]\d{0,5})(\/[a-z][a-z0-9-]{0,62})?$/);
export type EngineFolder = z.infer<typeof EngineFolder>;

/**
 * Bytes that one snapshot brought: the file `name` in its engine folder of the same path. A snapshot that is purged hands its bytes
 * to one that builds on it; the part keeps saying who brought them.
 */
export const FilePart = z.object({ snapshotId: SnapshotId, name: StorePath, sizeBytes: Bytes });
export type FilePart = z.infer<typeof FilePart>;

/** One file of a snapshot, as `<snapshot_id>.mdb` keeps it: its bytes are those of its parts, in order; none for an empty file. */
export const SnapshotFile = z
  .object({
    folder: EngineFolder,
    name: StorePath,
    sizeBytes: Bytes,
    /** The engine's own checksum of the contents; absent for empty files. */
    checksum: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .optional(),
    /** Of the files that a restore executes. */
    sha256: Sha256.optional(),
    parts: z.array(FilePart),
  })
  .refine(({ sizeBytes, parts }) => parts.reduce((sum, part) => sum + part.sizeBytes, 0) === sizeBytes, {
    message: "its parts do not add up to its size",
  });
export type SnapshotFile = z.infer<typeof SnapshotFile>;

/** What a small file must be, to be believed. */
export const FileStamp = z.object({ sha256: Sha256, sizeBytes: Bytes });
export type FileStamp = z.infer<typeof FileStamp>;

/** A file that is exchanged now and then: while that is under way, either may stand there, and both are right. */
export const ChangingFile = z.object({ now: FileStamp, next: FileStamp.optional() });
export type ChangingFile = z.infer<typeof ChangingFile>;

/** One of the engine's backups inside a snapshot; `metadata` is its `.backup`. */
export const SnapshotFolder = z.object({ path: EngineFolder, metadata: ChangingFile });
export type SnapshotFolder = z.infer<typeof SnapshotFolder>;

/** Files and bytes that a snapshot keeps in its own folder: what it brought, and what purged ones left to it. */
export const KeptFiles = z.object({ files: Count, sizeBytes: Bytes });
export type KeptFiles = z.infer<typeof KeptFiles>;

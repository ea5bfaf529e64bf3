import type { EngineLocation } from "@snapdeck/core/ports/database-backup-store";
import { quoteStr } from "../sql.ts";

/**
 * Where the engine writes to or reads from, in its SQL: `path` is relative to the store's root. An S3 destination holds the secret key in
 * clear, so the text goes into a statement and nowhere else.
 */
export function engineDestination(location: EngineLocation, path: string): string {
  if (location.kind === "directory") return `File(${quoteStr(`${location.root}/${path}`)})`;
  const { url, accessKeyId, secretAccessKey } = location;
  return `S3(${quoteStr(`${url}/${path}`)}, ${quoteStr(accessKeyId)}, ${quoteStr(secretAccessKey)})`;
}

/**
 * The same place as the base of another backup. Of a bucket it holds no keys, for the engine writes this text into the `.backup` of what
 * builds on it; it takes those of the backup itself, with {@link placeSettings}.
 */
export function baseDestination(location: EngineLocation, path: string): string {
  if (location.kind === "directory") return engineDestination(location, path);
  return `S3(${quoteStr(`${location.url}/${path}`)})`;
}

/**
 * Settings that a BACKUP or RESTORE needs on such a place, with a base or without one. The engine would repeat each request a thousand
 * times, which takes over an hour; 8 times with at most 2 s between them, all of which it does five times over, are half a minute.
 */
export function placeSettings({ kind }: EngineLocation): string[] {
  if (kind === "directory") return [];
  return [
    "use_same_s3_credentials_for_base_backup = 1",
    "backup_restore_s3_retry_attempts = 8",
    "backup_restore_s3_retry_max_backoff_ms = 2000",
  ];
}

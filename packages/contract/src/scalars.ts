import { z } from "zod";

/** A moment, ISO 8601 in UTC with milliseconds, as `Date.prototype.toISOString` prints it. */
export const Moment = z.iso.datetime();
export type Moment = z.infer<typeof Moment>;

/** A number of bytes; whole, never negative. */
export const Bytes = z.int().nonnegative();

/** A number of things that are counted: rows, files, tables. */
export const Count = z.int().nonnegative();

/** The number of a rank inside its cluster, from 0. */
export const RankNumber = z.int().nonnegative();

/** SHA-256, 64 lower-case hexadecimal digits. */
export const Sha256 = z.hash("sha256");

/** Names a cluster in addresses and on the store: lower case, digits and hyphens, 1 to 63 characters. */
export const ClusterId = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)
  .brand<"ClusterId">();
export type ClusterId = z.infer<typeof ClusterId>;

/** Names one System Backup for ever, and its folder on the store; made by us, never by a user. */
export const BackupId = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)
  .brand<"BackupId">();
export type BackupId = z.infer<typeof BackupId>;

export const JobId = z.uuid().brand<"JobId">();
export type JobId = z.infer<typeof JobId>;

export const PlanId = z.uuid().brand<"PlanId">();
export type PlanId = z.infer<typeof PlanId>;

export const UserId = z.uuid().brand<"UserId">();
export type UserId = z.infer<typeof UserId>;

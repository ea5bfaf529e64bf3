import { z } from "zod";
import { Moment, Sha256 } from "./scalars.ts";

/** One act and its result. Each entry holds the hash of the one before, so that a missing or changed one shows. */
export const AuditEntry = z.object({
  seq: z.int().positive(),
  at: Moment,
  actor: z.string(),
  /** Where the request came from; "system" for what Snapdeck did by itself. */
  origin: z.string(),
  /** What was done, as a verb and its object: `backup.start`, `user.create`, `session.sign-in`. */
  act: z.string(),
  /** On what: ids and names, never a secret. */
  target: z.string(),
  result: z.string(),
  requestId: z.string().optional(),
  previousHash: Sha256,
  hash: Sha256,
});
export type AuditEntry = z.infer<typeof AuditEntry>;

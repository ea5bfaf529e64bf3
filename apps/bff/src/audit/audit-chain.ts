import { createHash } from "node:crypto";
import type { AuditEntry } from "@snapdeck/contract/audit";

/** What the first entry names as the one before it. */
export const GENESIS_HASH = "0".repeat(64);

/** SHA-256 over the hash of the entry before and this entry's fields in canonical form: keys sorted, no white space. */
export function hashOf(entry: Omit<AuditEntry, "hash">): string {
  const { previousHash, ...fields } = entry;
  const canonical = JSON.stringify(Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))));
  return createHash("sha256").update(previousHash).update(canonical).digest("hex");
}

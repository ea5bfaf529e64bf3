import { createHash } from "node:crypto";

/** SHA-256 over lines, in the order given. */
export function checksumOf(lines: readonly string[]): string {
  const hash = createHash("sha256");
  for (const line of lines) hash.update(`${line}\n`);
  return hash.digest("hex");
}

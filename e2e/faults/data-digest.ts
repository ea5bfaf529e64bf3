import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Of every file of the live data directories of a suspended cluster: its name and its bytes. */
export function dataDigest(clusterDir: string): string {
  const hash = createHash("sha256");
  for (const rank of readdirSync(clusterDir)
    .filter((name) => /^rank-\d+$/.test(name))
    .toSorted()) {
    const files = readdirSync(join(clusterDir, rank), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted();
    for (const file of files) hash.update(file).update(createHash("sha256").update(readFileSync(file)).digest());
  }
  return hash.digest("hex");
}

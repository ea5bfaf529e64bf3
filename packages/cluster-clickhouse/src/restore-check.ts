import type { Manifest } from "@snapdeck/contract/manifest";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { ClusterParts } from "./cluster-parts.ts";
import { allFiles, readContents, withHashes } from "./l1-proof.ts";
import { backupFolder } from "./paths.ts";
import { describeFaults, faultsInStore } from "./store-check.ts";

type ManifestRank = Manifest["ranks"][number];

/**
 * Compares what stands in the store with the signed manifest, before the engine may look at it: RESTORE executes the SQL it finds
 * there, goes where names lead it, and does not check what it reads.
 * @throws {SnapdeckError} `backup-unusable`
 */
export async function checkStore(parts: ClusterParts, manifest: Manifest): Promise<void> {
  for (const rank of manifest.ranks) {
    const folder = folderOf(parts, manifest, rank);
    const faults = faultsInStore(folder, rank.files, await allFiles(parts.store, folder));
    if (faults.length > 0) throw unusable(manifest, describeFaults(faults));
  }
  await checkExecuted(parts, manifest);
}

/**
 * The part of it that no one may waive: the engine's own list is one that can be read, names no way out of the backup, and is with
 * the definitions what was signed.
 * @throws {SnapdeckError} `backup-unusable`
 */
export async function checkExecuted(parts: ClusterParts, manifest: Manifest): Promise<void> {
  const refused = (detail: string, cause?: unknown) => unusable(manifest, detail, cause);
  for (const rank of manifest.ranks) {
    const folder = folderOf(parts, manifest, rank);
    const { files } = await readContents(parts.store, folder, refused);
    const found = new Map((await withHashes(parts.store, folder, files)).map((file) => [file.path, file]));
    const differs = rank.files.find(({ path, ...recorded }) => {
      const file = found.get(path);
      const isSame = file?.sizeBytes === recorded.sizeBytes && file.engineChecksum === recorded.engineChecksum;
      return !isSame || file.sha256 !== recorded.sha256;
    });
    if (differs !== undefined || files.length !== rank.files.length) {
      throw refused(`${differs?.path ?? ".backup"} was changed since the backup was taken`);
    }
  }
}

function folderOf(parts: ClusterParts, { backupId }: Manifest, { folder }: ManifestRank): string {
  return `${backupFolder(parts.id, backupId)}/${folder}`;
}

/** Views, dictionaries and remote tables bring no rows along; reading one could ask another server, or wait for it. */
export function holdsRows(rank: ManifestRank, database: string, table: string): boolean {
  const prefix = `data/${escapeName(database)}/${escapeName(table)}/`;
  return rank.files.some((file) => file.path.startsWith(prefix));
}

/** As the engine's `escapeForFileName`: every byte but letters, digits and the underscore becomes `%XX`. */
export function escapeName(name: string): string {
  const escapeByte = (byte: number) => {
    const char = String.fromCharCode(byte);
    return /[A-Za-z0-9_]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  };
  return [...new TextEncoder().encode(name)].map(escapeByte).join("");
}

function unusable(manifest: Manifest, detail: string, cause?: unknown): SnapdeckError {
  return new SnapdeckError(
    "backup-unusable",
    `backup ${manifest.backupId} is not what its manifest says: ${detail}; nothing was restored, the data is as it was before`,
    { hint: "Find out who wrote to the store; choose another backup.", cause },
  );
}

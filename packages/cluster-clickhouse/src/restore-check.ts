import type { Manifest } from "@snapdeck/contract/manifest";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { readDatabases, readTables } from "./catalog.ts";
import type { ClusterParts } from "./cluster-parts.ts";
import { allFiles, readContents, withHashes } from "./l1-proof.ts";
import { backupFolder } from "./paths.ts";
import type { RankClient } from "./rank-client.ts";
import { describeFaults, faultsInStore } from "./store-check.ts";
import { scanTable } from "./table-scan.ts";

type ManifestRank = Manifest["ranks"][number];

/**
 * Compares what stands in the store with the signed manifest, before the engine may look at it: RESTORE executes the SQL it finds
 * there, goes where names lead it, and does not check what it reads.
 * @throws {SnapdeckError} `backup-unusable`
 */
export async function checkStore(parts: ClusterParts, manifest: Manifest): Promise<void> {
  const refused = (detail: string, cause?: unknown) => unusable(manifest, detail, cause);
  for (const rank of manifest.ranks) {
    const folder = `${backupFolder(parts.id, manifest.backupId)}/${rank.folder}`;
    const faults = faultsInStore(folder, rank.files, await allFiles(parts.store, folder));
    if (faults.length > 0) throw refused(describeFaults(faults));
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

/**
 * Compares what was restored on one rank with the manifest: the same databases and tables, every column of every table read in
 * full, and as many rows. The engine's word and its count are no proof: a scan alone meets a file that is short or corrupt.
 * @throws {SnapdeckError} `restore-differs`
 */
export async function compareRank(client: RankClient, rank: ManifestRank, signal: AbortSignal): Promise<void> {
  const [databases, tables] = await Promise.all([readDatabases(client), readTables(client)]);
  const where = `rank ${rank.rank}`;
  // A database that every engine has may be there without having been in the backup.
  const missing = rank.databases.find((database) => !databases.includes(database));
  if (missing !== undefined) throw differs(`${where}: database ${missing} was not restored`);
  const key = (table: { database: string; table: string }) => `${table.database}.${table.table}`;
  const expected = new Set(rank.tables.map(key));
  const found = new Set(tables.map(({ database, name }) => `${database}.${name}`));
  for (const table of expected) if (!found.has(table)) throw differs(`${where}: table ${table} was not restored`);
  for (const table of found) {
    if (!expected.has(table)) throw differs(`${where}: table ${table} is there and not in the manifest`);
  }
  for (const table of rank.tables) {
    if (table.rows === undefined && !holdsRows(rank, table.database, table.table)) continue;
    const scan = await scanOrDiffer(client, table.database, table.table, signal);
    if (table.rows === undefined || scan.rows === table.rows) continue;
    throw differs(`${where}: ${key(table)} has ${scan.rows} rows, and the backup holds ${table.rows}`);
  }
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

async function scanOrDiffer(client: RankClient, database: string, table: string, signal: AbortSignal) {
  try {
    return await scanTable(client, database, table, { signal, asBackedUp: true });
  } catch (thrown) {
    if (!(thrown instanceof SnapdeckError) || thrown.code !== "engine-failed") throw thrown;
    throw differs(`${database}.${table} cannot be read in full after it was restored: ${thrown.detail}`, thrown);
  }
}

function differs(detail: string, cause?: unknown): SnapdeckError {
  return new SnapdeckError("restore-differs", `${detail}; nothing was swapped in, the data is as it was before`, {
    hint: "Choose another backup; this one, or the disk it stands on, is damaged.",
    cause,
  });
}

function unusable(manifest: Manifest, detail: string, cause?: unknown): SnapdeckError {
  return new SnapdeckError(
    "backup-unusable",
    `backup ${manifest.backupId} is not what its manifest says: ${detail}; nothing was restored, the data is as it was before`,
    { hint: "Find out who wrote to the store; choose another backup.", cause },
  );
}

import type { EngineFile } from "./engine-metadata.ts";

/** A table as the files of a backup tell of it. */
export type BackedUpTable = {
  readonly database: string;
  readonly table: string;
  /** Whether rows of it are in the backup; views and remote tables have none. */
  readonly hasData: boolean;
  /** Files that each hold a number of rows in digits; undefined where the table's engine writes none. */
  readonly countFiles: readonly string[] | undefined;
};

export type BackupContents = { readonly databases: readonly string[]; readonly tables: readonly BackedUpTable[] };

/**
 * What a backup holds, from the names of its files: `metadata/<database>.sql`, `metadata/<database>/<table>.sql`,
 * `data/<database>/<table>/<part>/count.txt` for tables of the MergeTree family, `data/<database>/<table>/count.txt` for others
 * that count. The engine escapes names as `%XX`.
 */
export function backupContents(files: readonly EngineFile[]): BackupContents {
  const databases: string[] = [];
  const tables: { database: string; table: string }[] = [];
  const data = new Map<string, { parts: Set<string>; partCounts: string[]; ownCount: string | undefined }>();
  for (const { name } of files) {
    const segments = name.split("/");
    const [root, database = "", table = "", part = "", leaf] = segments;
    if (root === "metadata" && segments.length === 2) databases.push(unescapeName(withoutSql(database)));
    if (root === "metadata" && segments.length === 3) {
      tables.push({ database: unescapeName(database), table: unescapeName(withoutSql(table)) });
    }
    if (root !== "data" || segments.length < 4) continue;
    const key = `${unescapeName(database)}\0${unescapeName(table)}`;
    const found = data.get(key) ?? { parts: new Set(), partCounts: [], ownCount: undefined };
    data.set(key, found);
    if (segments.length === 4 && part === "count.txt") found.ownCount = name;
    // A patch part holds changes of rows that other parts count already.
    if (segments.length !== 5 || part.startsWith("patch-") || leaf === undefined) continue;
    if (leaf === "columns.txt") found.parts.add(part);
    if (leaf === "count.txt") found.partCounts.push(name);
  }
  return {
    databases: databases.sort(),
    tables: tables
      .map((table) => ({ ...table, ...countsOf(data.get(`${table.database}\0${table.table}`)) }))
      .sort((one, other) => compare(one.database, other.database) || compare(one.table, other.table)),
  };
}

function countsOf(
  found: { parts: Set<string>; partCounts: string[]; ownCount: string | undefined } | undefined,
): Pick<BackedUpTable, "hasData" | "countFiles"> {
  if (found === undefined) return { hasData: false, countFiles: undefined };
  if (found.ownCount !== undefined) return { hasData: true, countFiles: [found.ownCount] };
  // A part without a count would make the sum too small, and say nothing of it.
  const isComplete = found.partCounts.length > 0 && found.partCounts.length === found.parts.size;
  return { hasData: true, countFiles: isComplete ? found.partCounts : undefined };
}

/** Engines that keep rows in the backup once there are any: without files they hold none. */
export function countsToZero(engine: string): boolean {
  return /(?:MergeTree|Log)$/.test(engine) || engine === "Memory";
}

function withoutSql(name: string): string {
  if (!name.endsWith(".sql")) throw new Error(`metadata/ holds ${JSON.stringify(name)}, which is no definition`);
  return name.slice(0, -".sql".length);
}

/** The converse of the engine's `escapeForFileName`. Throws an Error on what it never writes. */
export function unescapeName(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch {
    throw new Error(`${JSON.stringify(escaped)} is no name the engine writes`);
  }
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

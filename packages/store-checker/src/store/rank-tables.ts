import type { Manifest } from "@snapdeck/contract/manifest";
import type { EngineFile } from "./engine-list.ts";
import { type BackupPlace, brokenIn, type StoreLook } from "./store-look.ts";

const DATABASE = /^metadata\/([^/]+)\.sql$/;
const TABLE = /^metadata\/([^/]+)\/([^/]+)\.sql$/;

type RankFacts = {
  readonly folder: string;
  readonly rank: Manifest["ranks"][number];
  readonly listed: ReadonlyMap<string, EngineFile>;
};

/** Compares the databases and tables that the manifest names with the definitions that the engine wrote. */
export async function checkTables(
  look: StoreLook,
  place: BackupPlace,
  { folder, rank, listed }: RankFacts,
): Promise<void> {
  const found = new Set<string>();
  for (const path of listed.keys()) {
    const name = nameIn(path);
    if (name !== undefined) found.add(name);
    if (look.pace.isDue) await look.pace.breathe();
  }
  const named = [...rank.databases, ...rank.tables.map(({ database, table }) => `${database}.${table}`)];
  for (const name of named) {
    look.findings.looked("I5");
    if (found.delete(name)) continue;
    const detail = "stands in the manifest, and the engine wrote no definition of it";
    brokenIn(look, place, { invariant: "I5", kind: "tables-differ", subject: `${folder}, ${name}`, detail });
  }
  for (const name of found) {
    const detail = "was defined by the engine and does not stand in the manifest";
    brokenIn(look, place, { invariant: "I5", kind: "tables-differ", subject: `${folder}, ${name}`, detail });
  }
}

/** The database, or the table with its database, that a file defines; undefined for one that defines nothing. */
function nameIn(path: string): string | undefined {
  const [, database] = DATABASE.exec(path) ?? [];
  if (database !== undefined) return unescaped(database);
  const [, of, table] = TABLE.exec(path) ?? [];
  return of === undefined || table === undefined ? undefined : tableOf(of, table);
}

/** A table's name with its database's, from the names of their folders. */
export function tableOf(database: string, table: string): string {
  return `${unescaped(database)}.${unescaped(table)}`;
}

/** The engine writes all but letters, digits and underscores as `%XX`. */
function unescaped(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

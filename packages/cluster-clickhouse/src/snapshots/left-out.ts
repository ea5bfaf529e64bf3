import type { SnapshotFile } from "@snapdeck/contract/snapshot-file";
import { unescapeName } from "../backup-contents.ts";
import type { RankCatalog } from "./rank-catalog.ts";
import type { OpenDefinition } from "./read-object-definitions.ts";
import { type TakeIntent, tableKey, tablesOf } from "./take-intent.ts";
import type { ProvenFolder } from "./take-proof.ts";

/** Engines that keep rows of their own on the disk, and put none of them into a backup. */
export const KEPT_NOWHERE: readonly string[] = ["Join", "Set", "EmbeddedRocksDB", "File", "TimeSeries"];

/** How many tables a warning names. */
const MAX_NAMED = 20;

/** Says what of the tables is not in a snapshot, since the engine leaves it out; nothing when that is nothing. */
export function leftOutWarnings(intent: TakeIntent, proven: readonly ProvenFolder[]): string[] {
  const files = proven.flatMap((each) => each.files);
  return [
    warning(
      "the engine puts no rows of these tables into a backup, so the snapshot holds their definitions only",
      withoutRows(intent, proven),
    ),
    warning(
      "the engine computes these views anew when they are restored, for it puts no rows of them into a backup",
      intent.definitions.filter(isComputedAnew).map(({ ref }) => `${ref.schema}.${ref.name}`),
    ),
    warning(
      "rows that wait in these buffers are not in the snapshot; OPTIMIZE TABLE on each lets them out",
      intent.catalogs.flatMap((catalog) => fullBuffers(intent, catalog)),
    ),
    warning(
      "changes of these tables (ALTER TABLE ... UPDATE or DELETE) that the engine had taken and not carried out are not in the snapshot",
      unfinished(files),
    ),
  ].filter((each) => each !== undefined);
}

function warning(what: string, tables: readonly string[]): string | undefined {
  const names = [...new Set(tables)].sort();
  if (names.length === 0) return undefined;
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
  return `${what}: ${names.slice(0, MAX_NAMED).join(", ")}${more}`;
}

function withoutRows({ definitions }: TakeIntent, proven: readonly ProvenFolder[]): string[] {
  const tables = proven.flatMap((each) => each.tables);
  const without = new Set(tables.filter(({ hasData }) => !hasData).map(({ database, name }) => `${database}\0${name}`));
  return definitions
    .filter(({ ref, engine = "" }) => KEPT_NOWHERE.includes(engine) && without.has(tableKey(ref) ?? ""))
    .map(({ ref, engine }) => `${ref.schema}.${ref.name} (${engine})`);
}

/** A view that is refreshed as a whole. */
function isComputedAnew({ engine, text }: OpenDefinition): boolean {
  const head = text.split("(")[0] ?? "";
  return engine === "MaterializedView" && head.includes(" REFRESH ") && !head.includes(" APPEND");
}

function fullBuffers(intent: TakeIntent, catalog: RankCatalog): string[] {
  if (intent.options.ddlOnly) return [];
  return (
    tablesOf(intent, catalog)
      // Its rows are those of the table behind it as well; its bytes are its own.
      .filter(({ engine, size_bytes }) => engine === "Buffer" && (size_bytes ?? 0) > 0)
      .map(({ database, name }) => `${database}.${name}`)
  );
}

/** The engine puts the statements of mutations that are not done beside a table's parts, and its RESTORE passes them over. */
function unfinished(files: readonly SnapshotFile[]): string[] {
  return files.flatMap(({ name }) => {
    const found = /^data\/([^/]+)\/([^/]+)\/mutations\//.exec(name);
    return found === null ? [] : [`${unescapeName(found[1] ?? "")}.${unescapeName(found[2] ?? "")}`];
  });
}

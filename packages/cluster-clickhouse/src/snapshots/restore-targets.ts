import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SnapshotRestore } from "@snapdeck/core/snapshots/plan-snapshot-restore";
import { isEngineSchema, STAGING_PREFIX } from "../sql.ts";
import { fitTogether } from "./name-lengths.ts";
import { ATOMIC, type LiveRank } from "./restore-live.ts";

/** Databases of these engines keep tables that can be made elsewhere and renamed into their places; `default` of the embedded engine is an Overlay. */
const TAKE_TABLES = new Set(["Atomic", "Overlay", "Ordinary", "Replicated", "Shared"]);

/**
 * Looks whether every schema that the plan puts something into can hold it: found out only at the exchange, there would be no way back.
 * @throws {SnapdeckError} `bad-request` for names that are too long together, for schemas of the engine and of ours, `not-supported` for such as hold no tables of their own
 */
export function mustTakeTables({ schemas, items }: SnapshotRestore, ranks: readonly LiveRank[]): void {
  const places = items.flatMap(({ target, movedTo }) => [target, ...(movedTo === undefined ? [] : [movedTo])]);
  const tables = places.flatMap(({ type, schema }) => (type === "TABLE" && schema !== undefined ? [schema] : []));
  for (const schema of new Set([...schemas, ...places.flatMap((place) => place.schema ?? [])])) {
    if (!isEngineSchema(schema) && !schema.startsWith(STAGING_PREFIX)) continue;
    const whose = isEngineSchema(schema) ? "the engine's own" : "one that Snapdeck restores in";
    throw new SnapdeckError(
      "bad-request",
      `schema ${schema} is ${whose}; nothing was restored, and nothing was touched`,
      {
        hint: "Name another schema in TARGET_SCHEMA_MAP or RENAMED_OBJECTS_SCHEMA.",
      },
    );
  }
  for (const schema of new Set(tables)) {
    const engines = ranks.map(({ databases }) => databases.get(schema)).filter((engine) => engine !== undefined);
    const odd = engines.find((engine) => !TAKE_TABLES.has(engine));
    if (odd === undefined) continue;
    throw new SnapdeckError(
      "not-supported",
      `schema ${schema} is of the engine ${odd}, which no table can be moved into; nothing was restored, and nothing was touched`,
      { hint: "Restore into another schema with TARGET_SCHEMA_MAP." },
    );
  }
  for (const { type, schema = "", name } of places) {
    const isAtomic = ranks.every(({ databases }) => (databases.get(schema) ?? ATOMIC) === ATOMIC);
    if (type !== "TABLE" || !isAtomic || fitTogether(schema, name)) continue;
    throw new SnapdeckError(
      "bad-request",
      `${schema}.${name} would be longer than the engine can handle; nothing was restored, and nothing was touched`,
      { hint: "Name a schema with a shorter name in TARGET_SCHEMA_MAP or RENAMED_OBJECTS_SCHEMA." },
    );
  }
}

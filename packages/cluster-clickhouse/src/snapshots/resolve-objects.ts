import type { DatabaseObjectRef, StoredObjectRef } from "@snapdeck/contract/database-object";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { refKey, refWords } from "@snapdeck/core/snapshots/restore-request";
import { refuseUnsupported } from "@snapdeck/core/snapshots/supported-objects";
import type { ClusterParts } from "../cluster-parts.ts";
import { DEFAULT_SCHEMA } from "../sql.ts";
import type { RankCatalog } from "./rank-catalog.ts";
import { isConnection, livesInNoSchema, supportedObjects } from "./supported-objects.ts";

/**
 * The live objects that OBJECTS names, each once: ALL is taken apart, and each schema that holds one of them comes along. What is on some
 * ranks only counts as there.
 * @throws {SnapdeckError} `object-not-found` naming all that are not there, `not-supported`
 */
export async function resolveObjects(
  parts: Pick<ClusterParts, "connections">,
  catalogs: readonly RankCatalog[],
  objects: readonly DatabaseObjectRef[],
): Promise<StoredObjectRef[]> {
  refuseUnsupported(objects, await supportedObjects(parts, catalogs[0]?.client));
  const connections = (await parts.connections?.list()) ?? [];
  const live = [...engineObjects(catalogs), ...connections];
  const found = new Map<string, StoredObjectRef>();
  const missing: string[] = [];
  for (const object of objects) {
    const meeting = live.filter((ref) => meets(ref, object));
    if (meeting.length === 0) missing.push(refWords(object));
    for (const ref of meeting) found.set(refKey(ref), ref);
  }
  if (missing.length > 0) {
    throw new SnapdeckError(
      "object-not-found",
      `the cluster does not hold ${missing.join(", ")}; no snapshot was taken`,
      {
        hint: "Name what is there. The objects of a backup are those of its CREATE BACKUP, which RECREATE gives anew.",
      },
    );
  }
  const schemas = new Set([...found.values()].map(({ schema }) => schema));
  for (const ref of live) if (ref.type === "SCHEMA" && schemas.has(ref.name)) found.set(refKey(ref), ref);
  return [...found.values()].sort(byPlace);
}

/** Everything that the engines of all ranks hold, each once. */
function engineObjects(catalogs: readonly RankCatalog[]): StoredObjectRef[] {
  const all = catalogs.flatMap(({ schemas, tables, functions, workloads }): StoredObjectRef[] => [
    ...schemas.map((name) => ({ type: "SCHEMA" as const, name })),
    ...tables.map(({ database, name }) => ({ type: "TABLE" as const, schema: database, name })),
    ...functions.map(({ name }) => ({ type: "FUNCTION" as const, name })),
    ...workloads.workloads.map(({ name }) => ({ type: "RESOURCE GROUP" as const, name })),
  ]);
  return [...new Map(all.map((ref) => [refKey(ref), ref])).values()];
}

function meets(ref: StoredObjectRef, object: DatabaseObjectRef): boolean {
  if (object.type === "ALL") return ref.type === "SCHEMA" ? ref.name === object.name : ref.schema === object.name;
  if (ref.type !== object.type || ref.name !== object.name) return false;
  return livesInNoSchema(ref.type) || ref.schema === (object.schema ?? DEFAULT_SCHEMA);
}

/** Connections are told by schema and name as tables are; the order is always the same. */
function byPlace(one: StoredObjectRef, other: StoredObjectRef): number {
  const [left, right] = [placeOf(one), placeOf(other)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function placeOf(ref: StoredObjectRef): string {
  const kind = ref.type === "SCHEMA" ? 0 : isConnection(ref.type) ? 1 : 2;
  return JSON.stringify([kind, ref.type, ref.schema ?? "", ref.name]);
}

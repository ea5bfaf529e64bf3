import type { DatabaseObjectRef, ObjectDefinition, StoredObjectRef } from "@snapdeck/contract/database-object";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/** What a restore does with objects that are in its way. none: it does nothing at all. */
export type RestorePolicy = "none" | "replace" | "rename";

export type RestoreRequest = {
  readonly objects: readonly DatabaseObjectRef[];
  readonly policy: RestorePolicy;
  /** Where `rename` moves what is in the way. */
  readonly renamedObjectsSchema: string;
  readonly createSchemas: boolean;
  readonly ddlOnly: boolean;
  /** Other schemas to restore into, by the schema that the snapshot holds. Case matters. */
  readonly targetSchemas: ReadonlyMap<string, string>;
};

/** RENAMED_OBJECTS_SCHEMA where the statement names none. */
export function defaultRenamedSchema(uuid: string): string {
  return `backup_${uuid}`;
}

/** One text for equal references. Tables and views share their names, and so does nothing else. */
export function refKey({ type, schema, name }: StoredObjectRef): string {
  return JSON.stringify([type, schema ?? "", name]);
}

/** A reference as an operator reads it: names that would run into the words around them are quoted, as a statement would. */
export function refWords({ type, schema, name }: StoredObjectRef | DatabaseObjectRef): string {
  return `${type} ${schema === undefined ? "" : `${quotedOdd(schema)}.`}${quotedOdd(name)}`;
}

function quotedOdd(name: string): string {
  return /^\w+$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/**
 * What of a snapshot is asked for: each once. ALL is a schema and what is in it; anything else brings its schema along, where the snapshot
 * holds its definition.
 * @throws {SnapdeckError} `object-not-found` naming all that the snapshot does not hold
 */
export function selectDefinitions(
  definitions: readonly ObjectDefinition[],
  objects: readonly DatabaseObjectRef[],
): ObjectDefinition[] {
  const chosen = new Set<ObjectDefinition>();
  const missing: string[] = [];
  for (const object of objects) {
    const found = definitions.filter(({ ref }) => meets(ref, object));
    if (found.length === 0) missing.push(refWords(object));
    for (const each of found) chosen.add(each);
  }
  if (missing.length > 0) {
    throw new SnapdeckError(
      "object-not-found",
      `the snapshot does not hold ${missing.join(", ")}; nothing was restored`,
      {
        hint: "DESCRIBE BACKUP shows the objects of each snapshot.",
      },
    );
  }
  const schemas = new Set([...chosen].map(({ ref }) => ref.schema));
  return definitions.filter((each) => chosen.has(each) || (each.ref.type === "SCHEMA" && schemas.has(each.ref.name)));
}

function meets(ref: StoredObjectRef, object: DatabaseObjectRef): boolean {
  if (object.type !== "ALL")
    return ref.type === object.type && ref.schema === object.schema && ref.name === object.name;
  return ref.type === "SCHEMA" ? ref.name === object.name : ref.schema === object.name;
}

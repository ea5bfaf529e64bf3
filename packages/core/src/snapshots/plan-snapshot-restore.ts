import type { ObjectDefinition, StoredObjectRef } from "@snapdeck/contract/database-object";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { restoreOrder } from "./restore-order.ts";
import { type RestoreRequest, refKey, refWords, selectDefinitions } from "./restore-request.ts";

/** What the cluster holds now, as far as a restore could hit it or needs it. */
export type LiveObjects = { readonly schemas: readonly string[]; readonly objects: readonly StoredObjectRef[] };

/** What becomes of one object. */
export type RestoreItem = {
  readonly definition: ObjectDefinition;
  readonly target: StoredObjectRef;
  readonly effect: "made" | "replaced" | "moved-aside";
  /** With `moved-aside`: where what exists goes. */
  readonly movedTo?: StoredObjectRef;
  /** Whether its rows come back too. */
  readonly withRows: boolean;
};

export type SnapshotRestore = {
  /** Schemas to be made, before anything else. */
  readonly schemas: readonly string[];
  /** In an order that works. */
  readonly items: readonly RestoreItem[];
};

/**
 * Works out a restore, before anything is touched.
 * @throws {SnapdeckError} `object-not-found`, `bad-request`, `objects-in-circle`, `schema-not-found`, `restore-conflict`
 */
export function planSnapshotRestore(
  definitions: readonly ObjectDefinition[],
  request: RestoreRequest,
  live: LiveObjects,
): SnapshotRestore {
  const chosen = restoreOrder(selectDefinitions(definitions, request.objects));
  refuseUnusedTargets(chosen, request);
  const liveKeys = new Set(live.objects.map(refKey));
  const objects = chosen.filter(({ ref }) => ref.type !== "SCHEMA");
  const items = objects.map((definition) => itemOf(definition, request, liveKeys));
  refuseSharedPlaces(items);
  refuseConflicts(items, request, liveKeys);
  refuseMissingNeeds(items, definitions, request, liveKeys);
  const wanted = chosen.flatMap(({ ref }) => (ref.type === "SCHEMA" ? [targetSchema(ref.name, request)] : []));
  const named = items.flatMap(({ target }) => target.schema ?? []);
  return { schemas: schemasToMake([...wanted, ...named], items, request, live), items };
}

function itemOf(definition: ObjectDefinition, request: RestoreRequest, live: ReadonlySet<string>): RestoreItem {
  const target = targetOf(definition.ref, request);
  const withRows = !request.ddlOnly && target.type === "TABLE";
  if (!live.has(refKey(target))) return { definition, target, effect: "made", withRows };
  if (request.policy !== "rename" || target.schema === undefined)
    return { definition, target, effect: "replaced", withRows };
  return {
    definition,
    target,
    effect: "moved-aside",
    movedTo: { ...target, schema: request.renamedObjectsSchema },
    withRows,
  };
}

function targetOf(ref: StoredObjectRef, request: RestoreRequest): StoredObjectRef {
  return ref.schema === undefined ? ref : { ...ref, schema: targetSchema(ref.schema, request) };
}

function targetSchema(schema: string, { targetSchemas }: RestoreRequest): string {
  return targetSchemas.get(schema) ?? schema;
}

function refuseUnusedTargets(chosen: readonly ObjectDefinition[], { targetSchemas }: RestoreRequest): void {
  const schemas = new Set(chosen.map(({ ref }) => (ref.type === "SCHEMA" ? ref.name : ref.schema)));
  const unused = [...targetSchemas.keys()].filter((schema) => !schemas.has(schema));
  if (unused.length === 0) return;
  throw new SnapdeckError(
    "bad-request",
    `nothing of schema ${unused.join(", ")} is restored, which TARGET_SCHEMA_MAP names`,
    {
      hint: "Upper and lower case matter. Nothing was restored.",
    },
  );
}

function refuseSharedPlaces(items: readonly RestoreItem[]): void {
  const taken = new Map<string, RestoreItem>();
  for (const item of items) {
    const places = [item.target, ...(item.movedTo === undefined ? [] : [item.movedTo])];
    for (const place of places) {
      const other = taken.get(refKey(place));
      if (other !== undefined) {
        const both = `${refWords(other.definition.ref)} and ${refWords(item.definition.ref)}`;
        throw conflict(
          `${both} would both put something at ${refWords(place)}`,
          "Restore one schema after the other, or name a schema for each with TARGET_SCHEMA_MAP.",
        );
      }
      taken.set(refKey(place), item);
    }
  }
}

function refuseConflicts(items: readonly RestoreItem[], { policy }: RestoreRequest, live: ReadonlySet<string>): void {
  if (policy === "replace") return;
  // What lives in no schema cannot be moved to one, so `rename` leaves it as it is.
  const hit = items.filter(({ effect }) => effect === "replaced").map(({ target }) => refWords(target));
  const full = items.flatMap(({ movedTo }) =>
    movedTo !== undefined && live.has(refKey(movedTo)) ? [refWords(movedTo)] : [],
  );
  const [first, ...others] = [...hit, ...full];
  if (first === undefined) return;
  const names = [first, ...others.slice(0, MAX_NAMED - 1)].join(", ");
  throw conflict(
    `${names}${others.length >= MAX_NAMED ? ` and ${others.length + 1 - MAX_NAMED} more` : ""} exist already`,
  );
}

/** What is neither restored nor there would be found missing only when half of the work is done. */
function refuseMissingNeeds(
  items: readonly RestoreItem[],
  definitions: readonly ObjectDefinition[],
  request: RestoreRequest,
  live: ReadonlySet<string>,
): void {
  const restored = new Set(items.map(({ target }) => refKey(target)));
  const stored = new Set(definitions.map(({ ref }) => refKey(ref)));
  const missing = items.flatMap(({ definition, target }) =>
    (definition.dependsOn ?? [])
      .map((need) => ({ need, there: targetOf(need, request) }))
      .filter(({ there }) => there.type !== "SCHEMA" && !restored.has(refKey(there)) && !live.has(refKey(there)))
      .map(
        ({ need, there }) =>
          `${refWords(target)} needs ${refWords(there)}${stored.has(refKey(need)) ? "" : ", which is not in the snapshot"}`,
      ),
  );
  if (missing.length === 0) return;
  const named = missing.slice(0, MAX_NAMED).join("; ");
  throw new SnapdeckError("object-not-found", `${named}: it is neither restored nor there; nothing was restored`, {
    hint: "Name what is missing in OBJECTS as well.",
  });
}

function schemasToMake(
  wanted: readonly string[],
  items: readonly RestoreItem[],
  request: RestoreRequest,
  live: LiveObjects,
): string[] {
  const there = new Set(live.schemas);
  const missing = [...new Set(wanted)].filter((schema) => !there.has(schema));
  if (missing.length > 0 && !request.createSchemas) {
    throw new SnapdeckError(
      "schema-not-found",
      `there is no schema ${missing.join(", ")}, and none is to be made; nothing was restored`,
      {
        hint: "Make it with CREATE SCHEMA, or leave CREATE_SCHEMA_IF_NOT_EXIST at its default, true.",
      },
    );
  }
  // Where things are moved to is made in any case: that is what the policy says.
  const aside = items.flatMap(({ movedTo }) => movedTo?.schema ?? []);
  return [...new Set([...missing, ...aside])].filter((schema) => !there.has(schema));
}

function conflict(
  what: string,
  hint = "Say RESTORE_POLICY = 'replace' or 'rename', or restore into other schemas with TARGET_SCHEMA_MAP.",
): SnapdeckError {
  const detail = `${what}; nothing was restored, and nothing that exists was touched`;
  return new SnapdeckError("restore-conflict", detail, { hint });
}

/** How many objects an error names. */
const MAX_NAMED = 5;

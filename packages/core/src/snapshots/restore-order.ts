import type { ObjectDefinition, StoredObjectType } from "@snapdeck/contract/database-object";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { refKey, refWords } from "./restore-request.ts";

/** Between objects that do not need each other: what others tend to need comes first. */
const FIRST_TO_LAST: readonly StoredObjectType[] = [
  "SCHEMA",
  "RESOURCE GROUP",
  "ROLE",
  "USER",
  "CREDENTIAL",
  "DATA SINK",
  "DATA SOURCE",
  "FUNCTION ENVIRONMENT",
  "FUNCTION",
  "TABLE",
  "STREAM",
  "CONTEXT",
  "PROCEDURE",
];

/**
 * The definitions in an order in which each comes after all that it needs. The order does not depend on that of the argument.
 * @throws {SnapdeckError} `objects-in-circle` naming one circle
 */
export function restoreOrder(definitions: readonly ObjectDefinition[]): ObjectDefinition[] {
  const sorted = [...definitions].sort(
    (one, other) =>
      FIRST_TO_LAST.indexOf(one.ref.type) - FIRST_TO_LAST.indexOf(other.ref.type) ||
      compare(refKey(one.ref), refKey(other.ref)),
  );
  const byKey = new Map(sorted.map((each) => [refKey(each.ref), each]));
  const ordered = new Set<ObjectDefinition>();
  // Its own stack, for views may stand on views deeper than the call stack is.
  for (const start of sorted) {
    const path = [{ each: start, needs: needsOf(start, byKey) }];
    const onPath = new Set([start]);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = ordered.has(top.each) ? undefined : top.needs.pop();
      if (next === undefined) {
        ordered.add(top.each);
        onPath.delete(top.each);
        path.pop();
      } else if (onPath.has(next)) {
        throw inCircle(
          path.map(({ each }) => each),
          next,
        );
      } else if (!ordered.has(next)) {
        path.push({ each: next, needs: needsOf(next, byKey) });
        onPath.add(next);
      }
    }
  }
  return [...ordered];
}

/** What it needs of those restored, the first one last. */
function needsOf(definition: ObjectDefinition, byKey: ReadonlyMap<string, ObjectDefinition>): ObjectDefinition[] {
  const schema = definition.ref.schema;
  const needs = [
    ...(schema === undefined ? [] : [{ type: "SCHEMA" as const, name: schema }]),
    ...(definition.dependsOn ?? []),
  ];
  return needs.flatMap((ref) => byKey.get(refKey(ref)) ?? []).reverse();
}

function inCircle(path: readonly ObjectDefinition[], again: ObjectDefinition): SnapdeckError {
  const circle = [...path.slice(path.indexOf(again)), again];
  const words = circle.map(({ ref }) => refWords(ref)).join(" needs ");
  return new SnapdeckError("objects-in-circle", `no order brings these objects back: ${words}; nothing was restored`, {
    hint: "Restore the others, and make one of these by hand.",
  });
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

import type { ObjectDefinition } from "@snapdeck/contract/database-object";
import { refKey } from "./restore-request.ts";

/** Why a snapshot of definitions only was not taken: success all the same, and no new id. */
export const NOTHING_DEFINED_ANEW =
  "no definition changed since the snapshot that it would build on, and with DDL_ONLY rows do not count: no snapshot was taken";

/**
 * Whether a snapshot with DDL_ONLY would hold anything that its base does not: an object that is new, gone, or defined otherwise. Rows
 * are left out of it. Sealed texts are to be opened before, for the same text is sealed differently each time.
 */
export function definitionsChanged(before: readonly ObjectDefinition[], now: readonly ObjectDefinition[]): boolean {
  const known = new Map(before.map(({ ref, ddl }) => [refKey(ref), ddl.text]));
  return known.size !== now.length || now.some(({ ref, ddl }) => known.get(refKey(ref)) !== ddl.text);
}

import type { DatabaseObjectType } from "@snapdeck/contract/database-object";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/** What OBJECTS may name on a cluster, and why it may not name some of the others. */
export type SupportedObjects = {
  readonly types: readonly DatabaseObjectType[];
  /** Goes on after "this cluster backs up no USER: ". */
  readonly reasons: ReadonlyMap<DatabaseObjectType, string>;
};

/** @throws {SnapdeckError} `not-supported` naming all that are not, why, and what is supported */
export function refuseUnsupported(
  objects: readonly { readonly type: DatabaseObjectType }[],
  { types, reasons }: SupportedObjects,
): void {
  const others = [...new Set(objects.map(({ type }) => type))].filter((type) => !types.includes(type));
  if (others.length === 0) return;
  const why = [...new Set(others.flatMap((type) => reasons.get(type) ?? []))].map((reason) => `: ${reason}`).join("");
  throw new SnapdeckError("not-supported", `this cluster backs up no ${others.join(", ")}${why}; nothing was changed`, {
    hint: `OBJECTS may name ${types.join(", ")}.`,
  });
}

import type { QualifiedName } from "../ast/qualified-name.ts";
import type { RawQualifiedName } from "./raw-statement.ts";

/** The name as it stands in the tree. */
export function nameOf(raw: RawQualifiedName): QualifiedName {
  return raw.schema === undefined ? { name: raw.name.text } : { schema: raw.schema.text, name: raw.name.text };
}

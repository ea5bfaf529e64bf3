import { escapeName } from "../restore-check.ts";

/** What is dropped is kept in a file `<schema>.<table>.<uuid>.sql`, and the name of a file has 255 characters at most. */
const LONGEST_TOGETHER = 255 - "..".length - ".sql".length - 36;

/**
 * Whether a table of that name can be in that schema. The engine looks at it for tables that are made and exchanged, and not for those that
 * are renamed: such a one could never be dropped.
 */
export function fitTogether(schema: string, name: string): boolean {
  return escapeName(schema).length + escapeName(name).length <= LONGEST_TOGETHER;
}

import type { QualifiedName } from "@snapdeck/backup-sql/ast/qualified-name";
import { printable } from "@snapdeck/backup-sql/errors/printable";
import { printQualifiedName } from "@snapdeck/backup-sql/printing/literals";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/** Where a name without a schema is. */
export const DEFAULT_SCHEMA = "default";

/** As long as the name of anything in a database backup may be, in UTF-16 units. */
const MAX_NAME_LENGTH = 256;

/** What moves cursors and forges lines, and unpaired surrogates, which no database keeps as they are. */
const UNFIT = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** How much of a name that is refused is shown. */
const SHOWN_LENGTH = 60;

export type SchemaAndName = { readonly schema: string; readonly name: string };

/**
 * Any text is a name and means nothing but itself, unless it is empty, too long, or cannot be shown.
 * @throws {SnapdeckError} `bad-request`
 */
export function settledName({ schema = DEFAULT_SCHEMA, name }: QualifiedName): SchemaAndName {
  for (const part of [schema, name]) mustBeName(part);
  return { schema, name };
}

/** For messages and the audit trail, whatever it is. */
export function shownName(name: QualifiedName): string {
  return printable(
    printQualifiedName({ schema: shortened(name.schema ?? DEFAULT_SCHEMA), name: shortened(name.name) }),
  );
}

function mustBeName(part: string): void {
  const fault =
    part === ""
      ? "is empty"
      : part.length > MAX_NAME_LENGTH
        ? `has ${part.length} characters, and may have ${MAX_NAME_LENGTH}`
        : UNFIT.test(part)
          ? "holds a character that cannot be shown, such as a NUL or the end of a line"
          : undefined;
  if (fault === undefined) return;
  throw new SnapdeckError(
    "bad-request",
    `the name ${printable(JSON.stringify(shortened(part)))} ${fault}; nothing was done`,
    {
      hint: "Choose another name.",
    },
  );
}

function shortened(part: string): string {
  return part.length <= MAX_NAME_LENGTH ? part : `${part.slice(0, SHOWN_LENGTH)}…`;
}

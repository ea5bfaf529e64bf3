import type { BackupSelector } from "../ast/backup-selector.ts";
import type { ObjectSelector } from "../ast/object-selector.ts";
import type { QualifiedName } from "../ast/qualified-name.ts";
import type { Faults } from "../errors/faults.ts";
import type { Span } from "../span.ts";
import { nameOf } from "./names.ts";
import type { RawQualifiedName, RawTarget } from "./raw-statement.ts";

/** A name that stands without a schema: that of a backup, or of a schema. */
export function readPlainName(target: RawTarget, noun: string, faults: Faults): string | undefined {
  const name = readName(target, noun, faults);
  if (name === undefined) return undefined;
  if (name.schema === undefined) return name.name;
  addName(`the name of ${noun} stands alone, without a schema before it`, target.span, faults, QUOTE_DOT);
  return undefined;
}

export function readName(target: RawTarget, noun: string, faults: Faults): QualifiedName | undefined {
  if (target.form === "all") {
    addName(`* is not the name of ${noun}`, target.span, faults);
    return undefined;
  }
  checkName(target.name, faults);
  return nameOf(target.name);
}

export function readObjectSelector(target: RawTarget, noun: string, faults: Faults): ObjectSelector | undefined {
  if (target.form === "all") return { kind: "all" };
  const name = readName(target, noun, faults);
  return name === undefined ? undefined : { kind: "named", name };
}

/** A backup's name. It has no star in it, so that none is taken for the prefix of others. */
export function readBackupName(target: RawTarget, noun: string, faults: Faults): string | undefined {
  const name = readPlainName(target, noun, faults);
  if (name === undefined || !name.includes("*")) return name;
  addName("a backup has no * in its name", target.span, faults);
  return undefined;
}

/** `name`, `"prefix*"` or `*`. A quoted star alone is all of them too. */
export function readBackupSelector(target: RawTarget, noun: string, faults: Faults): BackupSelector | undefined {
  if (target.form === "all") return { kind: "all" };
  const name = readPlainName(target, noun, faults);
  if (name === undefined) return undefined;
  const star = name.indexOf("*");
  if (star === -1) return { kind: "named", name };
  if (star === name.length - 1) return star === 0 ? { kind: "all" } : { kind: "prefixed", prefix: name.slice(0, -1) };
  addName("a star stands only at the end of a name", target.span, faults, PREFIX_HINT);
  return undefined;
}

export const PREFIX_HINT = 'Say "prefix*" for all that begin so.';
const QUOTE_DOT = "Put a name that holds a dot in double quotes.";

/** Adds a fault for a name that nothing can have. Whether a thing may be called so is judged by whoever makes it. */
export function checkName(name: RawQualifiedName, faults: Faults): void {
  for (const part of name.schema === undefined ? [name.name] : [name.schema, name.name]) {
    if (part.text === "") addName("a name has at least one character", part.span, faults);
    else if (/\p{Cc}/u.test(part.text)) addName("a name has no control characters", part.span, faults);
  }
}

function addName(message: string, span: Span, faults: Faults, hint?: string): void {
  const found = faults.source.shown(span);
  faults.add({ code: "name", message, ...(hint === undefined ? {} : { hint }), found, expected: [], span });
}

import { type BackupObject, type BackupObjects, OBJECT_TYPES, type ObjectType } from "../ast/backup-object.ts";
import { didYouMean } from "../errors/did-you-mean.ts";
import { enumerate } from "../errors/enumerate.ts";
import type { Faults } from "../errors/faults.ts";
import { nameOf } from "./names.ts";
import type { RawObject } from "./raw-statement.ts";
import { checkName } from "./read-target.ts";

/** The objects of a clause; one without a type is of the type of the one before it. */
export function readObjects(raws: readonly RawObject[], faults: Faults): BackupObjects | undefined {
  const objects: BackupObject[] = [];
  let type: ObjectType | undefined;
  for (const raw of raws) {
    if (faults.isFull) return undefined;
    checkName(raw.name, faults);
    if (raw.type !== undefined) type = readType(raw.type, faults);
    else if (raw === raws[0]) addUntyped(raw, faults);
    if (type !== undefined) objects.push({ type, name: nameOf(raw.name) });
  }
  const [first, ...rest] = objects;
  return first === undefined ? undefined : [first, ...rest];
}

const HINT = `Object types are ${enumerate(OBJECT_TYPES, "and")}.`;

function readType({ words, span }: NonNullable<RawObject["type"]>, faults: Faults): ObjectType | undefined {
  const type = OBJECT_TYPES.find((candidate) => candidate === words.toUpperCase());
  if (type !== undefined) return type;
  const found = faults.source.shown(span);
  const meant = didYouMean(words, OBJECT_TYPES);
  const message = `${found} is not a type of object${meant === undefined ? "" : `: did you mean ${meant}?`}`;
  faults.add({ code: "value", message, hint: HINT, found, expected: OBJECT_TYPES, span });
  return undefined;
}

function addUntyped({ name }: RawObject, faults: Faults): void {
  const found = faults.source.shown(name.span);
  const message = `expected the type of the object, as in TABLE = ${found}`;
  faults.add({ code: "unexpected", message, hint: HINT, found, expected: OBJECT_TYPES, span: name.span });
}

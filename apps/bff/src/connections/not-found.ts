import type { QualifiedName } from "@snapdeck/backup-sql/ast/qualified-name";
import { didYouMean } from "@snapdeck/backup-sql/errors/did-you-mean";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { type ConnectionKind, WORDS_OF } from "./connection-kind.ts";
import { type SchemaAndName, shownName } from "./connection-name.ts";

/** As many as can be taken in at a glance. */
const MAX_LISTED = 5;

/** There is none of that name, but there may be some that are called nearly so. */
export function connectionNotFound(
  kind: ConnectionKind,
  wanted: QualifiedName,
  existing: readonly SchemaAndName[],
): SnapdeckError {
  const { one, many, objectType } = WORDS_OF[kind];
  const close = closeTo(wanted, existing).map(shownName);
  const hint =
    existing.length === 0
      ? `There are no ${many} yet: CREATE ${objectType} makes one.`
      : close.length === 0
        ? `SHOW ${objectType} * lists those that there are.`
        : `There is ${close.join(", ")}.`;
  return new SnapdeckError("connection-not-found", `there is no ${one} ${shownName(wanted)}; nothing was done`, {
    hint,
  });
}

/** All where there are few; otherwise those of that name in other schemas, then those that are spelled nearly so. */
function closeTo(wanted: QualifiedName, existing: readonly SchemaAndName[]): SchemaAndName[] {
  if (existing.length <= MAX_LISTED) return [...existing];
  const close = existing.filter(({ name }) => name.toUpperCase() === wanted.name.toUpperCase());
  let others = existing.filter((each) => !close.includes(each));
  while (close.length < MAX_LISTED) {
    const name = didYouMean(
      wanted.name,
      others.map((each) => each.name),
    );
    if (name === undefined) break;
    close.push(...others.filter((each) => each.name === name));
    others = others.filter((each) => each.name !== name);
  }
  return close.slice(0, MAX_LISTED);
}

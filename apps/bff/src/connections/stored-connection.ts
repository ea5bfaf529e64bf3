import type { QualifiedName } from "@snapdeck/backup-sql/ast/qualified-name";
import { parseScript } from "@snapdeck/backup-sql/parse-script";
import { printStatement } from "@snapdeck/backup-sql/print-statement";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { type ConnectionKind, type CreateConnection, isCreateConnection, kindOf, WORDS_OF } from "./connection-kind.ts";
import { type SchemaAndName, settledName, shownName } from "./connection-name.ts";

/** A connection as it is kept. `definition` is undefined when the key that sealed it is not the one that is here. */
export type StoredConnection = SchemaAndName & {
  readonly kind: ConnectionKind;
  readonly definition: CreateConnection | undefined;
  /** What stands in the state database: another text after each change. */
  readonly sealed: string;
};

/** Well below what the parser reads, so that what is kept can always be read again. In UTF-16 units. */
const MAX_DEFINITION_LENGTH = 100_000;

const UNPAIRED = /\p{Cs}/u;

/** A definition that stands by itself: every name in it has its schema. @throws {SnapdeckError} `bad-request` */
export function settled(statement: CreateConnection): CreateConnection {
  const head = { orReplace: false, name: settledName(statement.name) };
  switch (statement.kind) {
    case "create-credential":
      return { ...statement, ...head };
    case "create-data-sink":
      return { ...statement, ...head, options: withSettled(statement.options, "credential") };
    case "create-data-source": {
      const options = withSettled(statement.options, "credential");
      return { ...statement, ...head, options: withSettled(options, "schemaRegistryCredential") };
    }
  }
}

/** The text that is kept. @throws {SnapdeckError} `bad-request` */
export function textOf(definition: CreateConnection): string {
  const text = printStatement(definition);
  const fault =
    text.length > MAX_DEFINITION_LENGTH
      ? `has ${text.length} characters, and may have ${MAX_DEFINITION_LENGTH}`
      : UNPAIRED.test(text)
        ? "holds half a character, which cannot be kept"
        : undefined;
  if (fault === undefined) return text;
  const { one } = WORDS_OF[kindOf(definition)];
  throw new SnapdeckError("bad-request", `the ${one} ${shownName(definition.name)} ${fault}; nothing was changed`);
}

/** The one definition that a text holds; undefined when it holds anything else. */
export function definitionOf(text: string): CreateConnection | undefined {
  const script = parseScript(text);
  if (script.outcome === "refused" || script.statements.length !== 1) return undefined;
  const statement = script.statements[0]?.statement;
  return statement !== undefined && isCreateConnection(statement) ? statement : undefined;
}

/** The credentials that one is used with. */
export function credentialsOf(definition: CreateConnection): SchemaAndName[] {
  const named: (QualifiedName | undefined)[] = [];
  if (definition.kind !== "create-credential") named.push(definition.options.credential);
  if (definition.kind === "create-data-source") named.push(definition.options.schemaRegistryCredential);
  return named.flatMap((name) => (name === undefined ? [] : [settledName(name)]));
}

/** @throws {SnapdeckError} `not-supported` when it was sealed with another key. */
export function readable({ kind, schema, name, definition }: StoredConnection): CreateConnection {
  if (definition !== undefined) return definition;
  const { one } = WORDS_OF[kind];
  throw new SnapdeckError(
    "not-supported",
    `the ${one} ${shownName({ schema, name })} was sealed with a key that is not here, and cannot be read`,
    { hint: `Bring back the keys directory, or give it anew with CREATE OR REPLACE ${WORDS_OF[kind].objectType}.` },
  );
}

function withSettled<K extends string, O extends { readonly [key in K]?: QualifiedName }>(options: O, key: K): O {
  const name = options[key];
  return name === undefined ? options : { ...options, [key]: settledName(name) };
}

import type { ObjectDefinition, StoredObjectRef } from "@snapdeck/contract/database-object";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { refKey, refWords } from "@snapdeck/core/snapshots/restore-request";
import { z } from "zod";
import type { ClusterParts } from "../cluster-parts.ts";
import type { RankClient } from "../rank-client.ts";
import { quoteIdent } from "../sql.ts";
import { queryReferences } from "./query-references.ts";
import type { LiveTable, RankCatalog } from "./rank-catalog.ts";
import { workloadIn } from "./rank-workloads.ts";
import { isConnection } from "./supported-objects.ts";

/** A definition whose text nobody sealed yet: never stored. */
export type OpenDefinition = Omit<ObjectDefinition, "ddl"> & {
  readonly text: string;
  /** Whether it holds a secret, as far as anybody can tell. */
  readonly isSecret: boolean;
};

/** The engine shows secrets to a user who may see them, and who asks for it. */
const SHOW_SECRETS = { format_display_secrets_in_show_and_select: 1 };
const StatementRow = z.object({ statement: z.string() });
const TextRow = z.object({ database: z.string(), name: z.string(), ddl: z.string() });
const SELECT_TEXTS = `SELECT database, name, create_table_query AS ddl FROM system.tables
  WHERE has({schemas:Array(String)}, database)`;

/**
 * The definitions of `refs` as the engines and the console tell them now, in that order. What stands on several ranks is told as the first
 * of them has it.
 * @throws {SnapdeckError} `object-not-found` when one went meanwhile, `engine-failed`, `cluster-unreachable`
 */
export async function readObjectDefinitions(
  parts: Pick<ClusterParts, "connections">,
  catalogs: readonly RankCatalog[],
  refs: readonly StoredObjectRef[],
): Promise<OpenDefinition[]> {
  const known = knownOf(catalogs);
  const schemas = [...new Set(refs.flatMap(({ schema }) => schema ?? []))];
  const texts = await readTexts(catalogs, schemas);
  return Promise.all(
    refs.map(async (ref): Promise<OpenDefinition> => {
      if (isConnection(ref.type)) {
        const text = await parts.connections?.definition(ref);
        if (text === undefined) throw gone(ref);
        return { ref, text, isSecret: true };
      }
      if (ref.type === "SCHEMA") return { ref, text: await readSchema(catalogs, ref), isSecret: false };
      if (ref.type === "FUNCTION") {
        const ddl = known.functions.get(ref.name);
        if (ddl === undefined) throw gone(ref);
        return { ref, text: ddl, isSecret: false, ...dependencies(needsOfFunction(known, ref, ddl)) };
      }
      if (ref.type === "RESOURCE GROUP") return readWorkload(catalogs, ref);
      const table = known.tables.get(refKey(ref));
      if (table === undefined) throw gone(ref);
      const text = texts.get(refKey(ref)) ?? table.ddl;
      const needs = dependencies(needsOfTable(known, table));
      return { ref, text, isSecret: text !== table.ddl, engine: table.engine, ...needs };
    }),
  );
}

/** Seals the texts that hold secrets with a key that is not in the store. */
export function sealDefinitions(
  { sealer }: Pick<ClusterParts, "sealer">,
  definitions: readonly OpenDefinition[],
): Promise<ObjectDefinition[]> {
  return Promise.all(
    definitions.map(async ({ text, isSecret, ...rest }): Promise<ObjectDefinition> => {
      if (!isSecret) return { ...rest, ddl: { kind: "plain", text } };
      return { ...rest, ddl: { kind: "sealed", text: await sealer.seal(text) } };
    }),
  );
}

/**
 * The definitions with their texts as they were before they were sealed.
 * @throws {SnapdeckError} `backup-unusable` when one was sealed with another key
 */
export function unsealDefinitions(
  { sealer }: Pick<ClusterParts, "sealer">,
  definitions: readonly ObjectDefinition[],
): Promise<ObjectDefinition[]> {
  return Promise.all(
    definitions.map(async (definition): Promise<ObjectDefinition> => {
      if (definition.ddl.kind === "plain") return definition;
      try {
        return { ...definition, ddl: { kind: "plain", text: await sealer.unseal(definition.ddl.text) } };
      } catch (cause) {
        throw new SnapdeckError(
          "backup-unusable",
          `the definition of ${refWords(definition.ref)} was sealed with a key that this console does not have; nothing was changed`,
          { hint: "Use the console, or the key, that took the backup.", cause },
        );
      }
    }),
  );
}

type Known = {
  readonly tables: ReadonlyMap<string, LiveTable>;
  readonly functions: ReadonlyMap<string, string>;
  /** The tables that feed each materialized view. */
  readonly sources: ReadonlyMap<string, readonly StoredObjectRef[]>;
};

function knownOf(catalogs: readonly RankCatalog[]): Known {
  const tables = new Map<string, LiveTable>();
  const functions = new Map<string, string>();
  const sources = new Map<string, StoredObjectRef[]>();
  for (const catalog of [...catalogs].reverse()) {
    for (const table of catalog.tables) tables.set(refKey(tableRef(table.database, table.name)), table);
    for (const { name, ddl } of catalog.functions) functions.set(name, ddl);
  }
  for (const { database, name, feeds } of tables.values()) {
    for (const [schema, view] of feeds) {
      const key = refKey(tableRef(schema, view));
      sources.set(key, [...(sources.get(key) ?? []), tableRef(database, name)]);
    }
  }
  return { tables, functions, sources };
}

function tableRef(schema: string, name: string): StoredObjectRef {
  return { type: "TABLE", schema, name };
}

function needsOfTable({ tables, functions, sources }: Known, table: LiveTable): StoredObjectRef[] {
  const own = refKey(tableRef(table.database, table.name));
  // What a view writes to stands before its query, so the whole text is looked at.
  const { qualified, called } = queryReferences(table.query === "" ? "" : table.ddl);
  const needs = [
    ...[...table.needs, ...qualified].map(([schema, name]) => tableRef(schema, name)),
    ...(sources.get(own) ?? []),
  ].filter((ref) => tables.has(refKey(ref)) && refKey(ref) !== own);
  return [...needs, ...[...called].filter((name) => functions.has(name)).map(functionRef)];
}

function needsOfFunction({ functions }: Known, own: StoredObjectRef, ddl: string): StoredObjectRef[] {
  const { called } = queryReferences(ddl);
  return [...called].filter((name) => name !== own.name && functions.has(name)).map(functionRef);
}

function readWorkload(catalogs: readonly RankCatalog[], ref: StoredObjectRef): OpenDefinition {
  const [found] = catalogs.flatMap(({ workloads }) => workloadIn(workloads, ref.name) ?? []);
  if (found === undefined) throw gone(ref);
  const { text, parent } = found;
  const needs = parent === undefined ? [] : [{ type: ref.type, name: parent }];
  return { ref, text, isSecret: false, ...dependencies(needs) };
}

function functionRef(name: string): StoredObjectRef {
  return { type: "FUNCTION", name };
}

function dependencies(needs: readonly StoredObjectRef[]): Pick<ObjectDefinition, "dependsOn"> {
  const each = [...new Map(needs.map((ref) => [refKey(ref), ref])).values()];
  return each.length === 0 ? {} : { dependsOn: each };
}

/** The texts of the tables with their secrets, by reference. */
async function readTexts(catalogs: readonly RankCatalog[], schemas: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  if (schemas.length === 0) return texts;
  const options = { params: { schemas }, settings: SHOW_SECRETS };
  const ranks = await Promise.all(
    catalogs.map(({ client }) => client.rows("reading definitions", TextRow, SELECT_TEXTS, options)),
  );
  for (const rows of ranks.reverse()) {
    for (const { database, name, ddl } of rows) texts.set(refKey(tableRef(database, name)), ddl);
  }
  return texts;
}

async function readSchema(catalogs: readonly RankCatalog[], ref: StoredObjectRef): Promise<string> {
  const holder = catalogs.find(({ schemas }) => schemas.includes(ref.name));
  if (holder === undefined) throw gone(ref);
  return showSchema(holder.client, ref.name);
}

/** The engine prints it on several lines; a line that ends inside a text is escaped. */
async function showSchema(client: RankClient, name: string): Promise<string> {
  const query = `SHOW CREATE DATABASE ${quoteIdent(name)}`;
  const [row] = await client.rows("reading a schema's definition", StatementRow, query);
  return StatementRow.parse(row).statement.replaceAll("\n", " ");
}

function gone(ref: StoredObjectRef): SnapdeckError {
  return new SnapdeckError("object-not-found", `${refWords(ref)} went while it was read; no snapshot was taken`, {
    hint: "Take the snapshot again.",
  });
}

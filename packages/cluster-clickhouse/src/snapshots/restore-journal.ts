import { ObjectDefinition, StoredObjectRef } from "@snapdeck/contract/database-object";
import type { JobId } from "@snapdeck/contract/scalars";
import { Count, RankNumber } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { SnapshotId } from "@snapdeck/contract/snapshot-file";
import { z } from "zod";
import type { Sealer } from "../cluster-parts.ts";
import type { RankClient } from "../rank-client.ts";
import { dropDatabase, quoteIdent, quoteStr, quoteTable, STAGING_PREFIX } from "../sql.ts";
import { stagingDatabase } from "./snapshot-paths.ts";

const JournalPlace = z.object({ database: z.string(), name: z.string() });
const Uuid = z.string();

/** How one table, view or dictionary of one rank is exchanged. */
export const RankMove = z.object({
  kind: z.literal("table"),
  rank: RankNumber,
  target: JournalPlace,
  /** What takes its place, or what it keeps its rows in; absent where there is none. */
  staged: JournalPlace.extend({ uuid: Uuid }).optional(),
  /** For a materialized view. */
  view: z.object({ uuid: Uuid, statement: z.string() }).optional(),
  /** What stood there when the restore was decided. */
  live: z.object({ uuid: Uuid, engine: z.string(), keepsRowsBeside: z.boolean(), isAtomic: z.boolean() }).optional(),
  /** Where that goes; it is let go where this is absent. */
  aside: JournalPlace.extend({ isAtomic: z.boolean() }).optional(),
});
export type RankMove = z.infer<typeof RankMove>;

/** What is the same on all ranks: functions and what this console keeps. */
export const ObjectMove = z.object({
  kind: z.literal("object"),
  definition: ObjectDefinition,
  target: StoredObjectRef,
  movedTo: StoredObjectRef.optional(),
});
export type ObjectMove = z.infer<typeof ObjectMove>;

/** The decision to exchange: once it is written, a restore only goes forward. */
export const RestoreJournal = z.object({
  format: z.literal("snapdeck-restore/1"),
  backup: z.string(),
  snapshotId: SnapshotId,
  schemas: z.array(z.string()),
  /** In the order in which they are carried out. */
  moves: z.array(z.discriminatedUnion("kind", [RankMove, ObjectMove])),
  objects: Count,
  rows: Count,
  files: Count,
  sizeBytes: Count,
});
export type RestoreJournal = z.infer<typeof RestoreJournal>;

const TABLE = "journal";
const DONE = "done";
const JournalRow = z.object({ text: z.string() });
const NameRow = z.object({ name: z.string().min(1) });

/** Statements that hold a whole journal are longer than the engine takes by default. */
const LONG_TEXT = { max_query_size: 512 * 1024 * 1024 };

/** Where the journal of a job is, on the first rank. */
export function journalDatabase(jobId: JobId): string {
  return stagingDatabase(jobId, 0);
}

export async function openJournal(first: RankClient, jobId: JobId): Promise<void> {
  const database = journalDatabase(jobId);
  await first.run("preparing the restore", `CREATE DATABASE IF NOT EXISTS ${quoteIdent(database)} ENGINE = Atomic`);
  await first.run(
    "preparing the restore",
    `CREATE TABLE IF NOT EXISTS ${quoteTable(database, TABLE)} (text String) ENGINE = MergeTree ORDER BY tuple()
      SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
  );
}

/**
 * Records the decision: all of it or nothing, in one block that is on the disk when this returns. Sealed, for it holds definitions, and what
 * is executed from it shall be what was written.
 */
export async function decide(first: RankClient, sealer: Sealer, jobId: JobId, journal: RestoreJournal): Promise<void> {
  const text = await sealer.seal(JSON.stringify(journal));
  const into = quoteTable(journalDatabase(jobId), TABLE);
  await first.run("recording the restore", `INSERT INTO ${into} (text) SELECT ${quoteStr(text)}`, {
    settings: LONG_TEXT,
    timeoutMs: "long",
  });
}

/** What was decided, and whether all of it was carried out. */
export type StandingJournal = { readonly journal: RestoreJournal; readonly isDone: boolean };

/** Records that everything is exchanged: what happens to the objects from here on is nobody's business here. */
export async function markDone(first: RankClient, jobId: JobId): Promise<void> {
  const table = quoteTable(journalDatabase(jobId), DONE);
  await first.run("recording the restore", `CREATE TABLE IF NOT EXISTS ${table} (at DateTime) ENGINE = Log`);
}

/** Removes the journals of restores that were done, and whose processes died before they could. */
export async function sweepJournals(first: RankClient): Promise<void> {
  const query = `SELECT database AS name FROM system.tables
    WHERE startsWith(database, ${quoteStr(STAGING_PREFIX)}) AND name = '${DONE}'`;
  for (const { name } of await first.rows("looking for earlier restores", NameRow, query)) {
    await first.run("clearing away", dropDatabase(name));
  }
}

/** Undefined when nothing was decided. @throws {SnapdeckError} `backup-unusable` when another key sealed it */
export async function readJournal(
  first: RankClient,
  sealer: Sealer,
  jobId: JobId,
): Promise<StandingJournal | undefined> {
  const database = journalDatabase(jobId);
  const tables = `SELECT name FROM system.tables WHERE database = ${quoteStr(database)}`;
  const names = (await first.rows("looking for its restore", NameRow, tables)).map(({ name }) => name);
  if (!names.includes(TABLE)) return undefined;
  const select = `SELECT text FROM ${quoteTable(database, TABLE)} LIMIT 1`;
  const [row] = await first.rows("reading its restore", JournalRow, select);
  if (row === undefined) return undefined;
  try {
    const journal = RestoreJournal.parse(JSON.parse(await sealer.unseal(row.text)));
    return { journal, isDone: names.includes(DONE) };
  } catch (cause) {
    throw new SnapdeckError(
      "backup-unusable",
      `what the restore ${jobId} was about to exchange cannot be read: this console did not write it`,
      { hint: `Let the console that began it finish it; schema ${database} holds what it decided.`, cause },
    );
  }
}

export async function closeJournal(first: RankClient, jobId: JobId): Promise<void> {
  await first.run("clearing away", dropDatabase(journalDatabase(jobId)));
}

import type { JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { WorkOrder } from "@snapdeck/core/ports/cluster";
import { z } from "zod";
import type { ClusterParts } from "../cluster-parts.ts";
import { findOperationsOf } from "../engine-operation.ts";
import type { RankClient } from "../rank-client.ts";
import { RankWork } from "../rank-work.ts";
import { awaitRunningRanks } from "../running-ranks.ts";
import { quoteIdent, quoteStr } from "../sql.ts";
import { dropObject } from "./drop-object.ts";
import { type Exchanger, exchange } from "./restore-exchange.ts";
import { closeJournal, journalDatabase, markDone, type RestoreJournal, readJournal } from "./restore-journal.ts";
import { snapshotOperationPrefix, stagingPrefix } from "./snapshot-paths.ts";

const NameRow = z.object({ name: z.string().min(1) });
const PlaceRow = z.object({ database: z.string().min(1), name: z.string().min(1) });
const LARGE = { max_table_size_to_drop: 0, max_partition_size_to_drop: 0, check_table_dependencies: 0 };

/** Whoever drives no job: nobody else holds its lock. */
const UNFENCED: Pick<WorkOrder, "checkFence"> = { checkFence: async () => undefined };

/**
 * Brings a restore that was cut off to an end: forward when its exchange was decided, and answers what was decided; otherwise everything
 * that it made goes, and the live objects are as they were. The journal of one that went forward stays until {@link clearAway}.
 */
export async function settleRestore(
  parts: ClusterParts,
  jobId: JobId,
  by: Exchanger = UNFENCED,
): Promise<RestoreJournal | undefined> {
  const clients = await awaitRunningRanks(parts);
  const [first] = clients;
  const standing = first === undefined ? undefined : await readJournal(first, parts.sealer, jobId);
  if (standing === undefined) await removeStaging(parts, clients, jobId, by);
  else if (!standing.isDone) await exchange(parts, clients, standing.journal, by);
  return standing?.journal;
}

/**
 * Removes what an unfinished restore left, or finishes one whose exchange was decided: what stands for that is in the ranks, so on a
 * suspended cluster nothing of it is forgotten, and nothing done. What somebody put meanwhile where it would put something stays, so that it
 * comes to an end. Idempotent.
 * @throws {SnapdeckError} `cluster-not-running`, `rank-lost`, ...
 */
export async function discardRestore(parts: ClusterParts, jobId: JobId): Promise<void> {
  try {
    await settleRestore(parts, jobId, { ...UNFENCED, leavesStrangers: true });
    await clearAway(parts, jobId);
  } catch (thrown) {
    if (!(thrown instanceof SnapdeckError) || thrown.code !== "cluster-not-running") throw thrown;
    throw new SnapdeckError(
      "cluster-not-running",
      `${thrown.detail}, and only a running one can remove what the restore staged; that stays where it is, beside the live objects`,
      { hint: "Resume the cluster, then press Cancel again.", cause: thrown },
    );
  }
}

/** Removes staging with what was displaced into it; the journal last, for it tells that everything was exchanged. */
export async function clearAway(
  parts: ClusterParts,
  jobId: JobId,
  { keepJournal }: { readonly keepJournal: boolean } = { keepJournal: false },
): Promise<void> {
  const clients = await awaitRunningRanks(parts);
  const [first] = clients;
  if (first !== undefined && keepJournal) await markDone(first, jobId);
  for (const client of clients) await dropStaging(client, jobId);
  if (first !== undefined && !keepJournal) await closeJournal(first, jobId);
}

/** Nothing of it was exchanged: its operations end, and everything that it made goes. */
export async function removeStaging(
  parts: ClusterParts,
  clients: readonly RankClient[],
  jobId: JobId,
  { checkFence }: Pick<WorkOrder, "checkFence">,
): Promise<void> {
  await checkFence();
  for (const client of clients) {
    const operations = await findOperationsOf(client, snapshotOperationPrefix(jobId));
    for (const { id } of operations) await new RankWork(parts.ranks, client, id, parts.settings).stop();
  }
  await checkFence();
  for (const client of clients) await dropStaging(client, jobId);
  const [first] = clients;
  if (first !== undefined) await closeJournal(first, jobId);
}

/** All but the journal. In schemas that the engine cannot move tables into, what was staged stands under names of ours. */
async function dropStaging(client: RankClient, jobId: JobId): Promise<void> {
  const prefix = quoteStr(stagingPrefix(jobId));
  const journal = quoteStr(journalDatabase(jobId));
  const databases = `SELECT name FROM system.databases WHERE startsWith(name, ${prefix}) AND name != ${journal}`;
  const options = { settings: LARGE, timeoutMs: "long" } as const;
  for (const { name } of await client.rows("listing what it staged", NameRow, databases)) {
    await client.run("clearing away", `DROP DATABASE IF EXISTS ${quoteIdent(name)} SYNC`, options);
  }
  const tables = `SELECT database, name FROM system.tables WHERE startsWith(name, ${prefix}) AND NOT is_temporary`;
  for (const { database, name } of await client.rows("listing what it staged", PlaceRow, tables)) {
    await dropObject(client, { database, name }, "clearing away");
  }
}

import type { DatabaseObjectRef } from "@snapdeck/contract/database-object";
import type { Evidence } from "@snapdeck/contract/job";
import { JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Work, WorkOrder, WorkReport } from "@snapdeck/core/ports/cluster";
import type { SnapshotRestoreRequest } from "@snapdeck/core/ports/database-backups";
import { type DryRunRow, restoreRows } from "@snapdeck/core/snapshots/dry-run-rows";
import { planSnapshotRestore, type SnapshotRestore } from "@snapdeck/core/snapshots/plan-snapshot-restore";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import { clearAfter } from "../after-failure.ts";
import type { ClusterParts } from "../cluster-parts.ts";
import type { RankClient } from "../rank-client.ts";
import { awaitRunningRanks, runningRanks } from "../running-ranks.ts";
import { DEFAULT_SCHEMA } from "../sql.ts";
import { makeDurable } from "./make-durable.ts";
import { forgottenWarning } from "./rank-workloads.ts";
import { unsealDefinitions } from "./read-object-definitions.ts";
import { compareStaged, letMerge } from "./restore-compare.ts";
import { journalOf } from "./restore-decision.ts";
import { mustNotEmpty } from "./restore-emptied.ts";
import { exchange } from "./restore-exchange.ts";
import { decide, type RestoreJournal, sweepJournals } from "./restore-journal.ts";
import { type LiveRank, liveObjects, readLiveRank } from "./restore-live.ts";
import { type Placing, placings, snapshotPlaces } from "./restore-placing.ts";
import { assertRoom } from "./restore-room.ts";
import { clearAway, removeStaging, settleRestore } from "./restore-settle.ts";
import { lookAtFiles, type RestoreFiles, type RestoreSource, readBackChain, readSource } from "./restore-source.ts";
import { makeStaging, rowsOperations, startRows, watchRows } from "./restore-staging.ts";
import { mustTakeTables } from "./restore-targets.ts";
import { orderWorkloads } from "./restore-workloads.ts";
import { livesInNoSchema } from "./supported-objects.ts";

export type SnapshotRestoreOrder = SnapshotRestoreRequest & WorkOrder & { readonly requestedBy: string };

type Prepared = {
  readonly source: RestoreSource;
  readonly plan: SnapshotRestore;
  readonly ranks: readonly LiveRank[];
};

/** See `DatabaseBackups.planRestore`. */
export async function planRestore(parts: ClusterParts, request: SnapshotRestoreRequest): Promise<DryRunRow[]> {
  const { source, plan, ranks } = await prepare(parts, request);
  const files = await lookAtFiles(request, source);
  await placed(parts, plan, ranks, files, PLANNED);
  return restoreRows(plan);
}

/** See `DatabaseBackups.mustBeRestorable`. */
export async function mustBeRestorable(parts: ClusterParts, request: SnapshotRestoreRequest): Promise<void> {
  await prepare(parts, request);
}

/** A plan makes nothing, so no job has to find it again. */
const PLANNED = JobId.parse("00000000-0000-0000-0000-000000000000");

/** See `DatabaseBackups.restore` for its promises. */
export async function* restore(parts: ClusterParts, order: SnapshotRestoreOrder, signal: AbortSignal): Work {
  if (order.takeUp) {
    yield* takeUp(parts, order, signal);
    return;
  }
  let journal: RestoreJournal | undefined;
  try {
    journal = yield* stageAndExchange(parts, order, signal);
  } catch (thrown) {
    const exchanged = await clearAfter(thrown, order, () => settleRestore(parts, order.jobId, order));
    if (exchanged === undefined) throw thrown;
    // It failed after the point of no return, and went forward from there: that is what must be told.
    journal = exchanged;
  }
  if (journal === undefined) {
    yield { type: "stopped" };
    return;
  }
  yield* confirm(parts, order, journal);
}

async function* takeUp(parts: ClusterParts, order: SnapshotRestoreOrder, signal: AbortSignal): Work {
  await order.checkFence();
  const journal = await settleRestore(parts, order.jobId, order);
  if (journal !== undefined) {
    yield* confirm(parts, order, journal);
    return;
  }
  const detail = "the restore ended before anything was exchanged; every object is as it was before";
  yield signal.aborted ? { type: "stopped" } : { type: "lost", detail };
}

/** Answers what was exchanged; undefined when `signal` aborted before, and nothing is left then. */
async function* stageAndExchange(
  parts: ClusterParts,
  order: SnapshotRestoreOrder,
  signal: AbortSignal,
): AsyncGenerator<WorkReport, RestoreJournal | undefined> {
  yield { type: "phase", phase: "preparing" };
  const { source, plan, ranks } = await prepare(parts, order);
  const clients = ranks.map(({ client }) => client);
  const stop = async () => {
    await removeStaging(parts, clients, order.jobId, order);
    return undefined;
  };
  const files = await lookAtFiles(order, source);
  const places = await placed(parts, plan, ranks, files, order.jobId);
  if (order.checksum) {
    yield { type: "phase", phase: "reading" };
    if (!(yield* readBackChain(parts, order, files, signal))) return undefined;
  }
  if (signal.aborted) return undefined;
  yield { type: "phase", phase: "restoring" };
  await order.checkFence();
  if (clients[0] !== undefined) await sweepJournals(clients[0]);
  await assertRoom(parts, clients, files.files);
  await makeStaging(clients, order, places, signal);
  if (signal.aborted) return stop();
  const operations = rowsOperations(clients, places);
  await startRows(order, source, files, operations);
  try {
    if (!(yield* watchRows(parts, order, operations, files.files, signal))) return stop();
  } catch (thrown) {
    throw perhapsDamaged(thrown);
  }
  yield { type: "phase", phase: "comparing" };
  if (!(yield* compareStaged(parts, clients, places, signal))) return stop();
  await letMerge(clients, places);
  yield* makeDurable(clients);
  const journal = await journalOf(order, { source, plan, places, files, clients });
  await failpoint("snapshotRestore.beforeDecision");
  if (signal.aborted) return stop();
  yield { type: "phase", phase: "swapping" };
  await order.checkFence();
  await decideAndExchange(parts, clients, order, journal);
  return journal;
}

/** What an engine says of files that it cannot read is about its own inside: what it means is said besides. */
function perhapsDamaged(thrown: unknown): unknown {
  if (!(thrown instanceof SnapdeckError) || thrown.code !== "engine-failed") return thrown;
  return new SnapdeckError("engine-failed", `${thrown.detail}; nothing that exists was touched`, {
    hint: "VERIFY BACKUP tells whether files of the snapshot are damaged, and which; if none is, look at the rank's log.",
    cause: thrown,
  });
}

async function decideAndExchange(
  parts: ClusterParts,
  clients: readonly RankClient[],
  order: SnapshotRestoreOrder,
  journal: RestoreJournal,
): Promise<void> {
  const [first] = clients;
  if (first === undefined) throw new Error("a cluster has a rank");
  await decide(first, parts.sealer, order.jobId, journal);
  await failpoint("snapshotRestore.afterDecision");
  await exchange(parts, clients, journal, order);
}

async function prepare(parts: ClusterParts, request: SnapshotRestoreRequest): Promise<Prepared> {
  const source = await readSource(request);
  const ranks = await Promise.all((await runningRanks(parts)).map(readLiveRank));
  const live = liveObjects(ranks);
  const connections = (await parts.connections?.list()) ?? [];
  const plan = planSnapshotRestore(
    source.definitions,
    { ...request, objects: request.objects.map(inItsSchema) },
    {
      schemas: live.schemas,
      objects: [...live.objects, ...connections],
    },
  );
  mustTakeTables(plan, ranks);
  mustNotEmpty(plan, ranks);
  return { source, plan: orderWorkloads(plan, ranks), ranks };
}

/** A name without a schema is one of the schema that the engine looks in then; some objects live in none. */
function inItsSchema(ref: DatabaseObjectRef): DatabaseObjectRef {
  if (ref.type === "ALL") return ref;
  return livesInNoSchema(ref.type)
    ? { type: ref.type, name: ref.name }
    : { ...ref, schema: ref.schema ?? DEFAULT_SCHEMA };
}

/** With the definitions' texts as they were before they were sealed. */
async function placed(
  parts: ClusterParts,
  plan: SnapshotRestore,
  ranks: readonly LiveRank[],
  { files }: RestoreFiles,
  jobId: JobId,
): Promise<Placing[]> {
  const definitions = await unsealDefinitions(
    parts,
    plan.items.map(({ definition }) => definition),
  );
  const items = plan.items.map((item, at) => ({ ...item, definition: definitions[at] ?? item.definition }));
  const wanted = items
    .filter(({ target }) => target.type === "TABLE")
    .map(({ definition: { ref } }) => ({ database: ref.schema ?? "", name: ref.name }));
  return placings({ ...plan, items }, snapshotPlaces(files, wanted), ranks, jobId);
}

/** The journal goes only after whoever follows the work has heard that it is done: until then a crash must find it. */
async function* confirm(parts: ClusterParts, order: SnapshotRestoreOrder, journal: RestoreJournal): Work {
  // What was displaced goes for good now, so what took its place must be there after a loss of power, too.
  yield* makeDurable(await awaitRunningRanks(parts));
  await order.checkFence();
  await clearAway(parts, order.jobId, { keepJournal: true });
  const { snapshotId, objects, rows, files, sizeBytes } = journal;
  const restored = journal.moves.flatMap((move) => (move.kind === "object" ? [move.target] : []));
  const warning = forgottenWarning(parts, restored);
  const evidence: Evidence = {
    kind: "database-backup",
    deed: "restore",
    backups: [journal.backup],
    snapshotId,
    removed: 0,
    objects,
    rows,
    files,
    sizeBytes,
    ...(warning === undefined ? {} : { warning }),
  };
  try {
    yield { type: "confirmed", evidence };
  } finally {
    await clearAway(parts, order.jobId).catch(() => undefined);
  }
}

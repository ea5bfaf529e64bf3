import type { HostRestore, HostTrial } from "@snapdeck/contract/host";
import type { Manifest } from "@snapdeck/contract/manifest";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { BackupOrder, ListedBackup, WorkReport } from "@snapdeck/core/ports/cluster";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import type { ClusterParts } from "./cluster-parts.ts";
import { putBackDefinitions } from "./definitions.ts";
import { type EngineOperation, findOperation } from "./engine-operation.ts";
import { follow, type RankOperations } from "./follow.ts";
import type { HostClient } from "./host-client.ts";
import { backupFolder, operationId } from "./paths.ts";
import type { RankClient } from "./rank-client.ts";
import { RankClients } from "./rank-clients.ts";
import { RankWork } from "./rank-work.ts";
import { compareRestored } from "./restore-compare.ts";
import { RestoreProgress } from "./restore-progress.ts";
import { dataRoomWatch } from "./room-watch.ts";
import { restoreStatement, STOP_MERGES } from "./sql.ts";

type ManifestRank = Manifest["ranks"][number];
type Step = "structure" | "rows";

/** A rank that is restored into, and what it shall hold. */
export type RankPair = { readonly client: RankClient; readonly rank: ManifestRank };

/** A restore keeps its ids through all attempts: one that is taken up goes on with the operations of the first. */
const ATTEMPT = 0;

/**
 * Fills the maintenance ranks from the backup and compares them with the manifest. Answers `unknown` when the ranks know nothing
 * of a restore that is taken up, and `aborted` when `signal` was.
 * @throws {SnapdeckError} `engine-failed`, `restore-differs`, `disk-full`, `rank-lost`, ...
 */
export async function* restoreRanks(
  parts: ClusterParts,
  host: HostClient,
  order: BackupOrder,
  { listed, ready, isTakenUp }: { listed: ListedBackup; ready: HostRestore; isTakenUp: boolean },
  signal: AbortSignal,
): AsyncGenerator<WorkReport, "compared" | "unknown" | "aborted"> {
  const { manifest, proofs } = listed;
  const clients = new RankClients(() => host.restoreEndpoints(order.jobId));
  try {
    const ranks = await pairRanks(clients, manifest);
    yield { type: "phase", phase: "restoring" };
    const works = rowsWorks(parts, order, ranks, clients);
    if (isTakenUp) {
      const known = await Promise.all(
        ranks.flatMap(({ client }) =>
          (["structure", "rows"] as const).map(async (step) => {
            const operation = await findOperation(client, idOf(order, client, step));
            if (operation !== undefined) assertWritten(client.rank, operation);
            return operation;
          }),
        ),
      );
      if (known.includes(undefined)) return "unknown";
    } else {
      const started = await startRestore(parts, order, manifest, ranks, clients, signal);
      if (!started) return "aborted";
    }
    // What the directories held when they were opened is not known of a restore that is taken up: then all of it counts.
    const before = isTakenUp ? { ...ready, ranks: [] } : ready;
    const progress = new RestoreProgress(manifest, before);
    const room = dataRoomWatch(parts, host, "the restore", "nothing was swapped in, the data is as it was before");
    const look = () => {
      room.look();
      return lookAt(host, order);
    };
    const operations = yield* watchRows(parts, look, progress, works, signal);
    if (operations === undefined) return "aborted";
    await failpoint("restore.afterRestored");
    for (const [rank, operation] of operations) assertWritten(rank, operation);
    yield { type: "phase", phase: "comparing" };
    const comparing = compareRestored(parts, ranks, proofs, signal);
    for (let step = await comparing.next(); ; step = await comparing.next()) {
      if (step.done) {
        if (!step.value) return "aborted";
        await failpoint("restore.afterScan");
        return "compared";
      }
      room.look();
      yield { type: "progress", ranks: progress.ranks };
    }
  } catch (thrown) {
    if (signal.aborted) return "aborted";
    throw asLostRank(thrown);
  } finally {
    await clients.close();
  }
}

/**
 * Definitions first, for tables and views use them; then the empty tables; then, with merges stopped, their rows: a merge could
 * fold rows together before they are compared. Answers false when `signal` aborted on the way.
 */
export async function startRestore(
  parts: ClusterParts,
  order: BackupOrder,
  manifest: Manifest,
  ranks: readonly RankPair[],
  clients: RankClients,
  signal: AbortSignal,
): Promise<boolean> {
  const statementOf = (client: RankClient, rank: ManifestRank, step: Step) =>
    restoreStatement(
      {
        databases: rank.databases,
        destination: parts.engineStore(`${backupFolder(parts.id, manifest.backupId)}/${rank.folder}`),
        id: idOf(order, client, step),
      },
      step === "structure",
    );
  await failpoint("restore.beforeStatement");
  const works = await Promise.all(
    ranks.map(async ({ client, rank }) => {
      await order.checkFence();
      await putBackDefinitions(client, parts.sealer, rank.definitions);
      await client.run("starting the restore", statementOf(client, rank, "structure"));
      return new RankWork(clients, client, idOf(order, client, "structure"), parts.settings);
    }),
  );
  const made = follow(works, parts.settings.pollMs, signal);
  let step = await made.next();
  while (!step.done) step = await made.next();
  if (step.value === undefined) return false;
  for (const [rank, operation] of step.value) assertWritten(rank, operation);
  await failpoint("restore.beforeRows");
  await order.checkFence();
  await Promise.all(
    ranks.map(async ({ client, rank }) => {
      await client.run("stopping merges", STOP_MERGES);
      await client.run("starting the restore", statementOf(client, rank, "rows"));
    }),
  );
  return true;
}

/** The operations that {@link startRestore} leaves running. */
export function rowsWorks(
  parts: ClusterParts,
  order: BackupOrder,
  ranks: readonly RankPair[],
  clients: RankClients,
): RankWork[] {
  return ranks.map(({ client }) => new RankWork(clients, client, idOf(order, client, "rows"), parts.settings));
}

/** Follows the rows on their way in. `look` tells what the fresh directories hold; undefined when the host manager cannot. */
export async function* watchRows(
  parts: ClusterParts,
  look: () => Promise<Pick<HostRestore | HostTrial, "ranks"> | undefined>,
  progress: RestoreProgress,
  works: readonly RankWork[],
  signal: AbortSignal,
): AsyncGenerator<WorkReport, RankOperations | undefined> {
  const following = follow(works, parts.settings.pollMs, signal);
  for (;;) {
    const step = await following.next();
    if (step.done) return step.value;
    const fresh = await look();
    if (fresh === undefined) continue;
    for (const work of works) work.sawBytes(fresh.ranks.find(({ rank }) => rank === work.rank)?.bytesOnDisk ?? 0);
    const done = [...step.value].filter(([, operation]) => operation.stage === "succeeded").map(([rank]) => rank);
    yield { type: "progress", ranks: progress.after(fresh, new Set(done)) };
  }
}

export async function pairRanks(clients: RankClients, manifest: Manifest): Promise<RankPair[]> {
  const all = await clients.all();
  return manifest.ranks.map((rank) => {
    const client = all.find((each) => each.rank === rank.rank);
    if (client !== undefined) return { client, rank };
    throw new SnapdeckError(
      "rank-lost",
      `the maintenance rank ${rank.rank} does not serve; the data is as it was before`,
      { hint: "Look at the host manager's log, then try again." },
    );
  });
}

/** A host manager that is silent for a moment says nothing of the ranks, which are asked themselves. */
async function lookAt(host: HostClient, { jobId }: BackupOrder): Promise<HostRestore | undefined> {
  try {
    return await host.restore(jobId);
  } catch (thrown) {
    if (thrown instanceof SnapdeckError && thrown.code === "host-unreachable") return undefined;
    throw thrown;
  }
}

/** Maintenance ranks serve nobody else: one that does not answer is no trouble of the cluster. */
function asLostRank(thrown: unknown): unknown {
  if (!(thrown instanceof SnapdeckError) || thrown.code !== "cluster-unreachable") return thrown;
  return new SnapdeckError(
    "rank-lost",
    `a maintenance rank was lost: ${thrown.detail}; nothing was swapped in, the data is as it was before`,
    { hint: "Look at the host manager's log, then try again.", cause: thrown },
  );
}

function assertWritten(rank: number, { failedWrites }: EngineOperation): void {
  if (failedWrites === 0) return;
  throw new SnapdeckError(
    "restore-differs",
    `rank ${rank} reported success, but ${failedWrites} of its writes failed; nothing was swapped in, the data is as it was before`,
    { hint: "Check the disk where the cluster's data lives, and its free space." },
  );
}

function idOf(order: BackupOrder, client: RankClient, step: Step): string {
  return operationId(order.jobId, ATTEMPT, client.rank, step);
}

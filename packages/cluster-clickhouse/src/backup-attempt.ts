import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { BackUpOrder } from "@snapdeck/core/ports/cluster";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import type { ClusterParts } from "./cluster-parts.ts";
import { type EngineOperation, findOperationsOf } from "./engine-operation.ts";
import { attemptName, backupFolder, operationId, operationPrefix, rankFolderName } from "./paths.ts";
import type { RankClient } from "./rank-client.ts";
import { planRank, type RankPlan } from "./rank-plan.ts";
import { RankWork } from "./rank-work.ts";
import { awaitRunningRanks, runningRanks } from "./running-ranks.ts";
import { backupStatement } from "./sql.ts";
import { backupRoom } from "./store-room.ts";
import { assertChangesApplied } from "./unapplied-changes.ts";

/** A BACKUP under way on every rank. */
export type BackupAttempt = {
  /** Its folder's name below the backup's; a path that nobody used before. */
  readonly name: string;
  readonly takenAt: string;
  readonly plans: readonly RankPlan[];
  readonly works: readonly RankWork[];
};

/**
 * Starts the BACKUP of every rank on a fresh path. `started` gets each operation before its statement is sent, so that whatever
 * fails, a caller knows what may run.
 * @throws {SnapdeckError} `cluster-not-running`, `unapplied-changes`, `disk-full`, `engine-failed`, ...
 */
export async function startAttempt(
  parts: ClusterParts,
  order: BackUpOrder,
  started: RankWork[],
): Promise<BackupAttempt> {
  const clients = await runningRanks(parts);
  const plans = await Promise.all(clients.map((client) => planRank(client, parts.sealer)));
  const empty = plans.find(({ databases }) => databases.length === 0);
  if (empty !== undefined) {
    throw new SnapdeckError("engine-failed", `rank ${empty.rank} has no database that could be backed up`, {
      hint: "Create a database on it, if only an empty one.",
    });
  }
  await assertChangesApplied(
    clients.map((client, at) => {
      const databases = new Set(plans[at]?.databases);
      return { client, isHeld: ({ database }) => databases.has(database) };
    }),
  );
  await backupRoom(parts).assertRoom(plans.reduce((sum, plan) => sum + plan.plannedBytes, 0));
  const name = attemptName(order.attempt, parts.newSuffix());
  const takenAt = parts.clock();
  await failpoint("backup.beforeCopy");
  await order.checkFence();
  const works = clients.map(
    (client) => new RankWork(parts.ranks, client, operationId(order.jobId, order.attempt, client.rank), parts.settings),
  );
  started.push(...works);
  const outcomes = await Promise.allSettled(
    works.map((work, at) => sendBackup(parts, order, work, plans[at]?.databases ?? [], name)),
  );
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  return { name, takenAt, plans, works };
}

/** The newest attempt that this job began, if every rank still knows of its part; what else they know of is in `started`. */
export async function findAttempt(
  parts: ClusterParts,
  order: BackUpOrder,
  started: RankWork[],
): Promise<BackupAttempt | undefined> {
  const clients = await awaitRunningRanks(parts);
  const newest: { client: RankClient; operation: EngineOperation | undefined }[] = [];
  for (const client of clients) {
    const operations = await findOperationsOf(client, operationPrefix(order.jobId));
    started.push(...operations.map(({ id }) => new RankWork(parts.ranks, client, id, parts.settings)));
    newest.push({ client, operation: operations.at(-1) });
  }
  const names = new Set(newest.map(({ operation }) => operation && attemptOf(operation)));
  const [name] = names;
  if (names.size !== 1 || name === undefined) return undefined;
  const begun = newest.flatMap(({ operation }) => (operation === undefined ? [] : [operation]));
  const plans = await Promise.all(clients.map((client) => planRank(client, parts.sealer)));
  const works = newest.flatMap(({ client, operation }) =>
    operation === undefined ? [] : [new RankWork(parts.ranks, client, operation.id, parts.settings)],
  );
  const takenAt = begun.map(({ startedAt }) => startedAt).sort()[0] ?? parts.clock();
  return { name, takenAt, plans, works };
}

/** The attempt's name in a destination such as `File('local/b1/a1-x/rank-0')`. */
function attemptOf({ destination }: EngineOperation): string | undefined {
  return /\/(a\d+-[a-z0-9]+)\/rank-\d+'/.exec(destination)?.[1];
}

async function sendBackup(
  parts: ClusterParts,
  order: BackUpOrder,
  work: RankWork,
  databases: readonly string[],
  attempt: string,
): Promise<void> {
  const folder = `${backupFolder(parts.id, order.backupId)}/${rankFolderName(attempt, work.rank)}`;
  const statement = backupStatement({
    databases,
    destination: parts.engineStore(folder),
    id: work.operationId,
    bandwidthBytesPerSecond: parts.settings.backupBandwidthBytesPerSecond,
  });
  await work.start("starting the backup", statement);
}

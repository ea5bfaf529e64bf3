import { SnapshotId } from "@snapdeck/contract/snapshot-file";
import type { ClusterParts } from "../cluster-parts.ts";
import { type EngineOperation, findOperationsOf } from "../engine-operation.ts";
import { RankWork } from "../rank-work.ts";
import { awaitRunningRanks } from "../running-ranks.ts";
import { snapshotIdIn, snapshotOperationPrefix } from "./snapshot-paths.ts";
import { type FolderPlan, type FolderWork, planFolders, type TakeAttempt, type TakeOrder } from "./take-attempt.ts";
import type { TakeIntent } from "./take-intent.ts";

/** An operation of a job on one rank. */
type Known = { readonly rank: number; readonly operation: EngineOperation; readonly work: RankWork };

/** What the ranks know of a job's operations, oldest first. */
export async function knownOperations(
  parts: ClusterParts,
  { jobId }: Pick<TakeOrder, "jobId">,
  started: RankWork[],
): Promise<Known[]> {
  const clients = await awaitRunningRanks(parts);
  const known: Known[] = [];
  for (const client of clients) {
    for (const operation of await findOperationsOf(client, snapshotOperationPrefix(jobId))) {
      const work = new RankWork(parts.ranks, client, operation.id, parts.settings);
      started.push(work);
      known.push({ rank: client.rank, operation, work });
    }
  }
  return known;
}

/** The attempt that they belong to, if each folder that is to be written has its operation, all of one snapshot. */
export function findTake(order: TakeOrder, intent: TakeIntent, ofJob: readonly Known[]): TakeAttempt | undefined {
  const known = ofJob.filter(({ operation }) => operation.id.startsWith(attemptPrefix(order)));
  const plans = planFolders(order, intent);
  const works: FolderWork[] = [];
  for (const plan of plans) {
    const newest = known.findLast((each) => each.rank === plan.client.rank && isOf(each.operation, plan));
    if (newest === undefined) return undefined;
    works.push({ plan, work: newest.work });
  }
  const ids = new Set(known.map(({ operation }) => snapshotIdIn(operation.destination)));
  const [id] = ids;
  if (id === undefined || ids.size !== 1 || works.length === 0) return undefined;
  const startedAt = known.map(({ operation }) => operation.startedAt).sort()[0];
  return startedAt === undefined ? undefined : { id: SnapshotId.parse(id), startedAt, works };
}

/** Operations of earlier attempts, which were given up, are known for as long as the rank's process runs. */
function attemptPrefix({ jobId, attempt }: TakeOrder): string {
  return `${snapshotOperationPrefix(jobId)}a${attempt}-`;
}

function isOf({ id }: EngineOperation, { role }: FolderPlan): boolean {
  return id.endsWith(`-${role}`);
}

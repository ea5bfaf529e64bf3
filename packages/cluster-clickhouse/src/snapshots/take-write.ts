import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import type { ClusterParts } from "../cluster-parts.ts";
import type { RankWork } from "../rank-work.ts";
import { whileMoving } from "../while-moving.ts";
import { heldDefinitions, leftOutWarning } from "./held-definitions.ts";
import { sealDefinitions } from "./read-object-definitions.ts";
import { snapshotFolder } from "./snapshot-paths.ts";
import { type FolderWork, startAnew, type TakeAttempt, type TakeOrder } from "./take-attempt.ts";
import { assertFloor, followTake, type WrittenFolder } from "./take-copy.ts";
import type { TakeIntent } from "./take-intent.ts";
import type { ProvenSnapshot } from "./take-listing.ts";
import { isToBeWrittenAnew, type ProvenFolder, proveFolder } from "./take-proof.ts";
import { readOwnBytes } from "./take-read.ts";

/**
 * Follows the engines to their end, makes durable what they wrote, and proves it at the level that is asked for. Answers undefined when
 * `signal` aborted before.
 * @throws {SnapdeckError} `engine-failed`, `disk-full`, `proof-failed`, `rank-lost`, ...
 */
export async function* writeAndProve(
  parts: ClusterParts,
  order: TakeOrder,
  intent: TakeIntent,
  attempt: TakeAttempt,
  started: RankWork[],
  signal: AbortSignal,
): AsyncGenerator<WorkReport, { snapshot: ProvenSnapshot; warning: string | undefined } | undefined> {
  const written = yield* write(parts, order, attempt, started, signal);
  if (written === undefined) return undefined;
  await failpoint("snapshot.afterAck");
  yield { type: "phase", phase: "proving" };
  await failpoint("snapshot.beforeSync");
  // Durable first, then measured: a size that is read afterwards is that of what survives.
  if (written.length > 0)
    yield* whileMoving((moved) => order.store.files.sync(snapshotFolder(order.backup, attempt.id), moved));
  const proven: ProvenFolder[] = [];
  for (const each of written) {
    if (signal.aborted) return undefined;
    proven.push(yield* whileMoving(() => proveFolder(order, intent, attempt.id, each)));
  }
  const files = proven.flatMap((each) => each.files);
  if (intent.options.checksum) {
    yield { type: "phase", phase: "reading" };
    if (!(yield* readOwnBytes(parts, order, attempt.id, files, signal))) return undefined;
  }
  await failpoint("snapshot.afterProof");
  await assertFloor(parts, order);
  const tables = proven.flatMap((each) => each.tables);
  const definitions = heldDefinitions(intent.definitions, tables);
  const snapshot: ProvenSnapshot = {
    id: attempt.id,
    startedAt: attempt.startedAt,
    folders: proven.map(({ folder }) => folder),
    files,
    definitions: await sealDefinitions(parts, definitions),
    level: intent.options.checksum ? "L2" : "L1",
  };
  return { snapshot, warning: leftOutWarning(definitions, tables) };
}

/** Folders that the engine put together in a way that is not kept are written once more, in full. */
async function* write(
  parts: ClusterParts,
  order: TakeOrder,
  { id, works }: TakeAttempt,
  started: RankWork[],
  signal: AbortSignal,
): AsyncGenerator<WorkReport, WrittenFolder[] | undefined> {
  const written = yield* followTake(parts, order, works, signal);
  if (written === undefined) return undefined;
  const anew: FolderWork[] = [];
  const stay: WrittenFolder[] = [];
  for (const each of written) {
    const isBuiltOn = each.plan.base !== undefined;
    const isOdd =
      isBuiltOn && isToBeWrittenAnew((await order.store.metadata(order.backup, id, each.plan.folder)).metadata);
    if (isOdd) anew.push(await startAnew(parts, order, each, id, started));
    else stay.push(each);
  }
  if (anew.length === 0) return written;
  const again = yield* followTake(parts, order, anew, signal);
  return again && [...stay, ...again];
}

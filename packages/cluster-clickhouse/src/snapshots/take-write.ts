import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import type { ClusterParts } from "../cluster-parts.ts";
import { snapshotRoom } from "../store-room.ts";
import { whileMoving } from "../while-moving.ts";
import { heldDefinitions } from "./held-definitions.ts";
import { leftOutWarnings } from "./left-out.ts";
import { forgottenWarning } from "./rank-workloads.ts";
import { sealDefinitions } from "./read-object-definitions.ts";
import { readSnapshotsBack, refuseFaults } from "./read-snapshot-back.ts";
import { snapshotFolder } from "./snapshot-paths.ts";
import type { SnapshotToRead } from "./snapshot-places.ts";
import type { TakeAttempt, TakeOrder } from "./take-attempt.ts";
import { followTake } from "./take-copy.ts";
import type { TakeIntent } from "./take-intent.ts";
import type { ProvenSnapshot } from "./take-listing.ts";
import { type ProvenFolder, proveFolder } from "./take-proof.ts";

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
  signal: AbortSignal,
): AsyncGenerator<WorkReport, { snapshot: ProvenSnapshot; warning: string | undefined } | undefined> {
  const written = yield* followTake(parts, order, attempt.works, signal);
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
    proven.push(yield* whileMoving((moved) => proveFolder(order, intent, attempt.id, each, moved)));
  }
  const files = proven.flatMap((each) => each.files);
  if (intent.options.checksum) {
    yield { type: "phase", phase: "reading" };
    const faults = yield* readSnapshotsBack(
      parts,
      order.store.files,
      [ownBytesOf(order, intent, attempt, proven)],
      signal,
    );
    if (faults === undefined) return undefined;
    refuseFaults(order.backup, faults, "the snapshot is not listed");
  }
  await failpoint("snapshot.afterProof");
  await snapshotRoom(parts, order.store.files).assertFloor();
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
  const refs = definitions.map(({ ref }) => ref);
  const forgotten = forgottenWarning(parts, refs);
  const warnings = [...leftOutWarnings(intent, proven), ...(forgotten === undefined ? [] : [forgotten])];
  return { snapshot, warning: warnings.length === 0 ? undefined : warnings.join("; ") };
}

/** What the snapshot brought itself; what it builds on was proven when it was taken. */
function ownBytesOf(
  { backup }: TakeOrder,
  { base }: TakeIntent,
  { id }: TakeAttempt,
  proven: readonly ProvenFolder[],
): SnapshotToRead {
  const files = proven.flatMap((each) => each.files);
  return {
    backup,
    chain: [{ id }, ...(base?.chain ?? [])],
    files: files.filter(({ parts }) => parts.some(({ snapshotId }) => snapshotId === id)),
    folders: new Map(proven.map(({ folder, view }) => [folder.path, view])),
  };
}

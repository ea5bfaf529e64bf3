import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { definitionsChanged } from "@snapdeck/core/snapshots/ddl-only";
import type { ClusterParts } from "../cluster-parts.ts";
import type { RankWork } from "../rank-work.ts";
import { ifRunning } from "../running-ranks.ts";
import { whileMoving } from "../while-moving.ts";
import { findTake, knownOperations } from "./find-take.ts";
import { finishEarlier, readSigned } from "./finish-earlier.ts";
import { unsealDefinitions } from "./read-object-definitions.ts";
import { startTake, type TakeAttempt, type TakeOrder } from "./take-attempt.ts";
import { assertNoneWaits } from "./take-changes.ts";
import { baseOf, readIntent, refuseExisting, type TakeIntent } from "./take-intent.ts";
import { assertRoom } from "./take-room.ts";

/** A snapshot that is under way, and what it is to be. */
export type BegunTake = { readonly intent: TakeIntent; readonly attempt: TakeAttempt };

/**
 * Finishes what earlier works left, checks what is to be built on, and starts the engines. "nothing anew" when the snapshot would hold
 * definitions only, and none has changed.
 */
export async function* begin(
  parts: ClusterParts,
  order: TakeOrder,
  started: RankWork[],
): AsyncGenerator<WorkReport, BegunTake | "nothing anew"> {
  refuseExisting(order, await readSigned(order));
  const read = yield* whileMoving((moved) => finishEarlier(parts, order, order, moved));
  const intent = yield* whileMoving((moved) => readIntent(parts, order, read, moved));
  if (await isNothingAnew(parts, order, intent)) return "nothing anew";
  await assertNoneWaits(intent);
  await assertRoom(parts, order, intent);
  return { intent, attempt: await startTake(parts, order, intent, started) };
}

/** What an earlier process began under this job, as far as every rank still knows of its part; what else they know of is in `started`. */
export async function* takeUp(
  parts: ClusterParts,
  order: TakeOrder,
  started: RankWork[],
): AsyncGenerator<WorkReport, BegunTake | undefined> {
  const known = await ifRunning(() => knownOperations(parts, order, started));
  if (known === undefined || known.length === 0) return undefined;
  const read = await readSigned(order);
  const intent = yield* whileMoving((moved) => readIntent(parts, order, read, moved));
  const attempt = findTake(order, intent, known);
  return attempt && { intent, attempt };
}

/** Whether a snapshot of definitions would hold none that its base does not. */
export async function isNothingAnew(
  parts: ClusterParts,
  { store }: Pick<TakeOrder, "store">,
  intent: TakeIntent,
): Promise<boolean> {
  const base = baseOf(intent);
  if (!intent.options.ddlOnly || base === undefined || intent.read === undefined) return false;
  const { bySnapshot } = await store.definitions(intent.read.info);
  const before = await unsealDefinitions(parts, bySnapshot.get(base.id) ?? []);
  const now = intent.definitions.map(({ ref, text }) => ({ ref, ddl: { kind: "plain" as const, text } }));
  return !definitionsChanged(before, now);
}

import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { WorkOrder } from "@snapdeck/core/ports/cluster";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import type { ClusterParts } from "../cluster-parts.ts";
import type { RankClient } from "../rank-client.ts";
import { createOrReplaceFunction, quoteIdent, quoteTable, STAGING_PREFIX } from "../sql.ts";
import { dropObject } from "./drop-object.ts";
import { fitTogether } from "./name-lengths.ts";
import { unsealDefinitions } from "./read-object-definitions.ts";
import { moveAside } from "./restore-aside.ts";
import type { Place } from "./restore-ddl.ts";
import type { ObjectMove, RankMove, RestoreJournal } from "./restore-journal.ts";
import { NO_UUID, tableAt } from "./restore-live.ts";
import { putWorkload } from "./restore-workloads.ts";

/** What is exchanged may be needed by others. */
const MOVING = { check_table_dependencies: 0 };

/** Who carries out what was decided: whether it waits for objects that came there meanwhile to go, or leaves them, and its own aside. */
export type Exchanger = Pick<WorkOrder, "checkFence"> & { readonly leavesStrangers?: boolean };

/** Carries out what was decided. Can be done again from the beginning however often it was cut off. @throws {SnapdeckError} `restore-conflict`, `engine-failed`, `rank-lost`, ... */
export async function exchange(
  parts: ClusterParts,
  clients: readonly RankClient[],
  { schemas, moves }: RestoreJournal,
  { checkFence, leavesStrangers = false }: Exchanger,
): Promise<void> {
  await checkFence();
  for (const client of clients) {
    for (const schema of schemas) {
      await client.run("making a schema", `CREATE DATABASE IF NOT EXISTS ${quoteIdent(schema)}`);
    }
  }
  for (const move of moves) {
    await checkFence();
    await failpoint("snapshotRestore.beforeExchange");
    if (move.kind === "object") {
      await moveObject(parts, clients, move);
      continue;
    }
    const client = clients.find(({ rank }) => rank === move.rank);
    if (client === undefined) {
      throw new SnapdeckError("rank-lost", `rank ${move.rank} is not there, and the restore is half exchanged`, {
        hint: "Bring it up; the restore is finished then.",
      });
    }
    await moveTable(client, move, leavesStrangers);
  }
}

async function moveTable(client: RankClient, move: RankMove, leavesStrangers: boolean): Promise<void> {
  const { target, staged, view, live, aside } = move;
  const now = await tableAt(client, target);
  const ours = [live?.uuid, staged?.uuid, view?.uuid];
  if (leavesStrangers && now !== undefined && now.uuid !== NO_UUID && !ours.includes(now.uuid)) return;
  // In a schema without UUIDs a view that was put there tells itself by being one, where nothing stood before.
  const isPut = now?.uuid === view?.uuid || (live === undefined && now?.uuid === NO_UUID);
  if (view !== undefined && now !== undefined && isPut) return;
  const from = staged === undefined ? undefined : await whereIs(client, [staged, hopOf(move)]);
  if (view === undefined && staged !== undefined && from === undefined) return;
  if (
    live !== undefined &&
    aside === undefined &&
    view === undefined &&
    from !== undefined &&
    from === staged &&
    isExchangeable(move)
  ) {
    if (now !== undefined) {
      if (now.uuid !== staged?.uuid) {
        refuseStranger(move, now.uuid);
        await client.run("exchanging", `EXCHANGE TABLES ${quoted(from)} AND ${quoted(target)}`, { settings: MOVING });
      }
      await flush(client, live, from);
      return;
    }
  }
  if (now !== undefined) {
    refuseStranger(move, now.uuid);
    await flush(client, live, target);
    await vacate(client, move);
  }
  if (from !== undefined) {
    const place = view === undefined ? target : { database: target.database, name: `.inner_id.${view.uuid}` };
    const way = fitTogether(from.database, place.name) ? [from, place] : [from, hopOf(move), place];
    for (const [at, next] of way.slice(1).entries()) {
      const step = `RENAME TABLE ${quoted(way[at] ?? from)} TO ${quoted(next)}`;
      await client.run("putting in place", step, { settings: MOVING });
    }
  }
  await failpoint("snapshotRestore.midExchange");
  if (view !== undefined) await client.run("putting a view in place", view.statement, { settings: MOVING });
}

/** What a buffer holds is of the table that stood behind it: later it would come into the one that takes its place. */
async function flush(client: RankClient, live: RankMove["live"], place: Place): Promise<void> {
  if (live?.engine === "Buffer") await client.run("emptying a buffer", `OPTIMIZE TABLE ${quoted(place)}`);
}

/**
 * Where a table whose name is too long for the staging schema stands on its way: the engine takes the length of a new name for one of the
 * schema that the table leaves.
 */
function hopOf({ target, staged }: RankMove): Place {
  return { database: target.database, name: `${STAGING_PREFIX}${staged?.uuid ?? ""}` };
}

async function whereIs(client: RankClient, places: readonly Place[]): Promise<Place | undefined> {
  for (const place of places) if ((await tableAt(client, place)) !== undefined) return place;
  return undefined;
}

/** Both in databases that exchange at once, and neither a dictionary nor a view with rows. */
function isExchangeable({ live, staged }: RankMove): boolean {
  if (live === undefined || staged === undefined) return false;
  return live.isAtomic && staged.uuid !== NO_UUID && !live.keepsRowsBeside && live.engine !== "Dictionary";
}

/** What came there since the decision is somebody's, and was never asked about. */
function refuseStranger({ target, rank, live }: RankMove, uuid: string): void {
  if (live !== undefined && live.uuid === uuid) return;
  throw new SnapdeckError(
    "restore-conflict",
    `somebody made ${target.database}.${target.name} on rank ${rank} while the restore was exchanged; what was exchanged before stands`,
    { hint: "Move it out of the way; the restore is finished then." },
  );
}

async function vacate(client: RankClient, { target, live, aside }: RankMove): Promise<void> {
  if (aside !== undefined && live !== undefined) {
    await moveAside(client, target, { ...aside, canRename: live.isAtomic && aside.isAtomic && !live.keepsRowsBeside });
    return;
  }
  await dropObject(client, target, "letting go of what is replaced");
}

async function moveObject(parts: ClusterParts, clients: readonly RankClient[], move: ObjectMove): Promise<void> {
  const { target, movedTo } = move;
  const [definition] = await unsealDefinitions(parts, [move.definition]);
  const text = definition?.ddl.text ?? "";
  if (target.type === "FUNCTION") {
    if (!text.startsWith("CREATE FUNCTION ")) throw notPutBack(target.name);
    for (const client of clients) await client.run(`making function ${target.name}`, createOrReplaceFunction(text));
    return;
  }
  if (target.type === "RESOURCE GROUP") return putWorkload(clients, target.name, text);
  const { connections } = parts;
  if (connections === undefined) throw notPutBack(target.name);
  const standing = await connections.definition(target);
  if (
    movedTo?.schema !== undefined &&
    standing !== undefined &&
    (await connections.definition(movedTo)) === undefined
  ) {
    await connections.move(target, movedTo.schema);
  } else if (standing === text) {
    return;
  } else if (standing !== undefined) {
    await connections.remove(target);
  }
  await connections.make(target, text);
}

function notPutBack(name: string): SnapdeckError {
  return new SnapdeckError("not-supported", `${name} is of a kind that this cluster does not put back`);
}

function quoted({ database, name }: Place): string {
  return quoteTable(database, name);
}

import { randomUUID } from "node:crypto";
import type { JobId } from "@snapdeck/contract/scalars";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SnapshotFile } from "@snapdeck/contract/snapshot-file";
import type { RestoreItem, SnapshotRestore } from "@snapdeck/core/snapshots/plan-snapshot-restore";
import { refWords } from "@snapdeck/core/snapshots/restore-request";
import { escapeName } from "../restore-check.ts";
import { fitTogether } from "./name-lengths.ts";
import {
  attachView,
  type CreateStatement,
  createAt,
  createInner,
  keepsRows,
  type Moves,
  type Place,
  parseCreate,
} from "./restore-ddl.ts";
import { ATOMIC, type LiveRank, placeKey } from "./restore-live.ts";
import { type FolderRole, roleOf, stagingDatabase, stagingPrefix } from "./snapshot-paths.ts";

/** One table, view or dictionary on one rank, and how it gets to its place. */
export type Placing = {
  readonly rank: number;
  readonly item: RestoreItem;
  /** Where the snapshot has it. */
  readonly source: Place;
  readonly target: Place;
  /** What is made beforehand; absent for a materialized view that writes to another table, and for what this rank shall not have. */
  readonly staged?: { readonly place: Place; readonly create: string };
  /** The engine folder that its rows come from. */
  readonly role?: FolderRole;
  /** For a materialized view: the statement that puts it in place, once the UUID of what is staged is known. */
  readonly attach?: { readonly uuid: string; readonly statement: (innerUuid: string | undefined) => string };
};

/** What the snapshot's files tell: which tables each rank has, and where their rows are. */
export type SnapshotPlaces = ReadonlyMap<
  number,
  ReadonlyMap<string, { readonly role: FolderRole; readonly hasRows: boolean }>
>;

export function snapshotPlaces(files: readonly SnapshotFile[], wanted: readonly Place[]): SnapshotPlaces {
  const known = new Map(
    wanted.map((place) => [`${escapeName(place.database)}/${escapeName(place.name)}`, placeKey(place)]),
  );
  const ranks = new Map<number, Map<string, { role: FolderRole; hasRows: boolean }>>();
  for (const { folder, name } of files) {
    const [rank, found] = [roleOf(folder), /^(metadata|data)\/([^/]+\/[^/]+?)(?:\.sql$|\/)/.exec(name)];
    const key = known.get(found?.[2] ?? "");
    if (rank === undefined || key === undefined) continue;
    const places = ranks.get(rank.rank) ?? new Map<string, { role: FolderRole; hasRows: boolean }>();
    ranks.set(rank.rank, places);
    const before = places.get(key);
    places.set(key, { role: rank.role, hasRows: before?.hasRows === true || found?.[1] === "data" });
  }
  return ranks;
}

/**
 * Where each object goes on each rank, in the order in which they are put there.
 * @throws {SnapdeckError} `backup-unusable`, `not-supported`
 */
export function placings(
  { items, schemas }: SnapshotRestore,
  places: SnapshotPlaces,
  ranks: readonly LiveRank[],
  jobId: JobId,
): Placing[] {
  const tables = items.filter(({ target }) => target.type === "TABLE");
  refuseLostRanks(places, ranks);
  const targets = new Map(tables.map((item) => [placeKey(placeOf(item.definition.ref)), placeOf(item.target)]));
  const schemaTargets = new Map(
    tables.map(({ definition, target }) => [definition.ref.schema ?? "", target.schema ?? ""]),
  );
  const moves: Moves = Object.assign((place: Place) => targets.get(placeKey(place)), {
    schema: (name: string) => schemaTargets.get(name),
  });
  const made = new Set(schemas);
  const databases = [...new Set(tables.map(({ target }) => target.schema ?? ""))].sort();
  return tables.flatMap((item, at) => {
    const [source, target] = [placeOf(item.definition.ref), placeOf(item.target)];
    const create = parseCreate(item.definition.ddl.text, source);
    const holders = [...places].filter(([, held]) => held.has(placeKey(source))).map(([rank]) => rank);
    return ranks.map((rank): Placing => {
      const number = rank.client.rank;
      const base = { rank: number, item, source, target };
      // Definitions that no rank keeps among its files are for all of them.
      if (holders.length > 0 && !holders.includes(number)) return base;
      const isAtomic = made.has(target.database) || rank.databases.get(target.database) === ATOMIC;
      // Under short names, for the engine limits what a schema's and a table's come to together; what it is exchanged for must fit there, too.
      const apart = { database: stagingDatabase(jobId, databases.indexOf(target.database) + 1), name: `t${at}` };
      const beside = { database: target.database, name: `${stagingPrefix(jobId)}${at}` };
      const isApart = isAtomic && (made.has(target.database) || fitTogether(apart.database, target.name));
      const staging = isApart ? apart : beside;
      const held = places.get(number)?.get(placeKey(source));
      const role = item.withRows && held?.hasRows === true ? { role: held.role } : {};
      return { ...base, ...role, ...howMade(create, { staging, target, isAtomic }, moves, item) };
    });
  });
}

function howMade(
  create: CreateStatement,
  { staging, target, isAtomic }: { staging: Place; target: Place; isAtomic: boolean },
  moves: Moves,
  item: RestoreItem,
): Pick<Placing, "staged" | "attach"> {
  if (!create.head.includes("MATERIALIZED"))
    return { staged: { place: staging, create: createAt(create, staging, moves) } };
  const uuid = randomUUID();
  const statement = (innerUuid: string | undefined) => attachView(create, target, { uuid, innerUuid }, moves);
  if (!keepsRows(create)) return { attach: { uuid, statement } };
  if (!isAtomic) {
    throw new SnapdeckError(
      "not-supported",
      `${refWords(item.target)} keeps its rows itself, which schema ${target.database} of this cluster cannot take back; nothing was restored`,
      { hint: "Restore it into another schema with TARGET_SCHEMA_MAP." },
    );
  }
  return { staged: { place: staging, create: createInner(create, staging, moves) }, attach: { uuid, statement } };
}

function placeOf({ schema, name }: RestoreItem["target"]): Place {
  return { database: schema ?? "", name };
}

/** Rows of a rank that the cluster does not have would be missing without a word. */
function refuseLostRanks(places: SnapshotPlaces, ranks: readonly LiveRank[]): void {
  const lost = [...places.keys()].filter((rank) => !ranks.some(({ client }) => client.rank === rank));
  if (lost.length === 0) return;
  throw new SnapdeckError(
    "not-supported",
    `the snapshot holds objects of rank ${lost.join(", ")}, and the cluster has ${ranks.length} ranks; nothing was restored`,
    { hint: "Restore into a cluster that has as many ranks as the one that was backed up." },
  );
}

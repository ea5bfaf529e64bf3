import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SnapshotRestoreRequest } from "@snapdeck/core/ports/database-backups";
import type { SnapshotRestore } from "@snapdeck/core/snapshots/plan-snapshot-restore";
import { z } from "zod";
import type { RankClient } from "../rank-client.ts";
import type { ObjectMove, RankMove, RestoreJournal } from "./restore-journal.ts";
import { ATOMIC, keepsRowsBeside, type LiveRank, placeKey, readLiveRank } from "./restore-live.ts";
import type { Placing } from "./restore-placing.ts";
import type { RestoreFiles, RestoreSource } from "./restore-source.ts";
import { rehearseWorkloads } from "./restore-workloads.ts";

const ParsedRow = z.object({ isParsed: z.union([z.number(), z.string()]).transform((value) => Number(value) === 1) });

/**
 * What is exchanged for what, by what stands there at this moment. Everything is staged; nothing was exchanged.
 * @throws {SnapdeckError} `restore-conflict` when somebody made or removed something that the restore was planned around
 */
export async function journalOf(
  order: Pick<SnapshotRestoreRequest, "backup">,
  {
    source,
    plan,
    places,
    files,
    clients,
  }: {
    readonly source: RestoreSource;
    readonly plan: SnapshotRestore;
    readonly places: readonly Placing[];
    readonly files: RestoreFiles;
    readonly clients: readonly RankClient[];
  },
): Promise<RestoreJournal> {
  const ranks = await Promise.all(clients.map(readLiveRank));
  rehearseWorkloads(plan.items, ranks);
  const byRank = new Map(ranks.map((rank) => [rank.client.rank, rank]));
  const moves = await Promise.all(
    plan.items.map(async (item): Promise<(RankMove | ObjectMove)[]> => {
      if (item.target.type !== "TABLE") {
        const { definition, target, movedTo } = item;
        return [{ kind: "object", definition, target, movedTo }];
      }
      const key = placeKey({ database: item.target.schema ?? "", name: item.target.name });
      const own = places.filter(({ target }) => placeKey(target) === key);
      const found = await Promise.all(
        own.map(async (placing) => {
          const rank = byRank.get(placing.rank);
          return rank === undefined ? undefined : rankMove(rank, placing, plan);
        }),
      );
      return found.filter((move) => move !== undefined);
    }),
  );
  const data = files.files.filter(({ name }) => name.startsWith("data/"));
  const withRows = plan.items.filter(({ withRows }) => withRows);
  return {
    format: "snapdeck-restore/1",
    backup: order.backup,
    snapshotId: source.snapshot.id,
    schemas: [...plan.schemas],
    // Buffers first: they are emptied into what stands behind them, which must still be what it was.
    moves: moves.flat().sort((one, other) => Number(isBuffer(other)) - Number(isBuffer(one))),
    objects: plan.items.length,
    rows: withRows.reduce((sum, { definition }) => sum + (definition.rows ?? 0), 0),
    files: withRows.length === 0 ? 0 : data.length,
    sizeBytes: withRows.length === 0 ? 0 : data.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}

function isBuffer(move: RankMove | ObjectMove): boolean {
  return move.kind === "table" && move.live?.engine === "Buffer";
}

async function rankMove(
  rank: LiveRank,
  { target, staged, attach, item }: Placing,
  { schemas }: SnapshotRestore,
): Promise<RankMove | undefined> {
  const live = rank.tables.get(placeKey(target));
  if (live !== undefined && item.effect === "made") throw cameMeanwhile(target);
  if (staged === undefined && attach === undefined && live === undefined) return undefined;
  const made = staged === undefined ? undefined : rank.tables.get(placeKey(staged.place));
  if (staged !== undefined && made === undefined) throw new Error(`${staged.place.name} was staged and is gone`);
  const statement = attach?.statement(made?.uuid);
  if (statement !== undefined) await assertParsed(rank.client, statement, target);
  const isAtomic = (database: string) => schemas.includes(database) || rank.databases.get(database) === ATOMIC;
  const { movedTo } = item;
  return {
    kind: "table",
    rank: rank.client.rank,
    target,
    ...(staged === undefined ? {} : { staged: { ...staged.place, uuid: made?.uuid ?? "" } }),
    ...(attach === undefined || statement === undefined ? {} : { view: { uuid: attach.uuid, statement } }),
    ...(live === undefined
      ? {}
      : {
          live: {
            uuid: live.uuid,
            engine: live.engine,
            keepsRowsBeside: keepsRowsBeside(rank, live),
            isAtomic: isAtomic(target.database),
          },
        }),
    ...(movedTo?.schema === undefined
      ? {}
      : { aside: { database: movedTo.schema, name: movedTo.name, isAtomic: isAtomic(movedTo.schema) } }),
  };
}

/** A statement that the engine does not take would be found out only when half of the work is done. */
async function assertParsed(
  client: RankClient,
  statement: string,
  { database, name }: Placing["target"],
): Promise<void> {
  const query = "SELECT isNotNull(formatQuerySingleLineOrNull({statement:String})) AS isParsed";
  const [row] = await client.rows("looking at a definition", ParsedRow, query, { params: { statement } });
  if (row?.isParsed === true) return;
  throw new SnapdeckError(
    "not-supported",
    `${database}.${name} is a view of a kind that cannot be put back; nothing that exists was touched`,
    { hint: "Restore the other objects, and make this one by hand." },
  );
}

function cameMeanwhile({ database, name }: Placing["target"]): SnapdeckError {
  return new SnapdeckError(
    "restore-conflict",
    `somebody made ${database}.${name} while the restore was prepared; nothing was restored, and nothing that exists was touched`,
    { hint: "Ask again; the restore is then planned around what is there." },
  );
}

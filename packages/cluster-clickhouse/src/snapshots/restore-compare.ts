import type { ObjectDefinition } from "@snapdeck/contract/database-object";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { WorkReport } from "@snapdeck/core/ports/cluster";
import { refKey, refWords } from "@snapdeck/core/snapshots/restore-request";
import type { ClusterParts } from "../cluster-parts.ts";
import { faultOfEngine } from "../engine-fault.ts";
import type { RankClient } from "../rank-client.ts";
import { ScanWatch } from "../scan-watch.ts";
import { quoteTable } from "../sql.ts";
import { readRows } from "../table-scan.ts";
import { whileWatched } from "../while-watched.ts";
import type { Place } from "./restore-ddl.ts";
import type { Placing } from "./restore-placing.ts";
import { isMerging } from "./restore-staging.ts";

type Counted = { readonly stored: number; readonly visible: number };

/**
 * Reads every stored column of every table that was restored, for the engine checks nothing of what it copies, and compares the rows with
 * those that were counted in the snapshot, over all ranks. Lets merges go on when it is done. Answers false when `signal` aborted before.
 * @throws {SnapdeckError} `restore-differs`, `no-progress`, `rank-lost`, ...
 */
export async function* compareStaged(
  { settings }: Pick<ClusterParts, "settings">,
  clients: readonly RankClient[],
  placings: readonly Placing[],
  signal: AbortSignal,
): AsyncGenerator<WorkReport, boolean> {
  const counts = new Map<Placing, Counted>();
  const countAll = async (client: RankClient, until: AbortSignal) => {
    for (const placing of placings) {
      if (placing.rank !== client.rank || !placing.staged || !placing.item.withRows) continue;
      counts.set(placing, await count(client, placing, until));
    }
  };
  const watch = new ScanWatch({ settings }, clients);
  const counted = yield* whileWatched((until) => Promise.all(clients.map((client) => countAll(client, until))), {
    pollMs: settings.pollMs,
    signal,
    look: async (): Promise<WorkReport> => {
      await watch.look(String(counts.size));
      return { type: "moving" };
    },
  });
  if (counted === undefined) return false;
  assertSame(counts);
  return true;
}

/** Merges rest in what was staged until then. */
export async function letMerge(clients: readonly RankClient[], placings: readonly Placing[]): Promise<void> {
  for (const client of clients) {
    for (const { staged } of placings.filter(({ rank, item }) => rank === client.rank && item.withRows)) {
      if (staged === undefined || !isMerging(staged.create)) continue;
      const { database, name } = staged.place;
      await client.run("letting merges go on", `SYSTEM START MERGES ${quoteTable(database, name)}`);
    }
  }
}

async function count(client: RankClient, placing: Placing, signal: AbortSignal): Promise<Counted> {
  if (placing.role === undefined) return { stored: 0, visible: 0 };
  const { database, name }: Place = placing.staged?.place ?? placing.target;
  try {
    const stored = await readRows(client, database, name, { signal, asBackedUp: true });
    const { rows } = placing.item.definition;
    // Rows that a lightweight delete masked are in the files all the same.
    const visible = rows === stored ? stored : await readRows(client, database, name, { signal, asBackedUp: false });
    return { stored, visible };
  } catch (thrown) {
    signal.throwIfAborted();
    const why = faultOfEngine(thrown);
    throw differs(placing.item.definition, `cannot be read in full on rank ${placing.rank}: ${why}`);
  }
}

function assertSame(counts: ReadonlyMap<Placing, Counted>): void {
  const sums = new Map<string, Counted & { readonly definition: ObjectDefinition }>();
  for (const [{ item, role }, { stored, visible }] of counts) {
    if (role === undefined && item.definition.rows === undefined) continue;
    const key = refKey(item.target);
    const known = sums.get(key);
    sums.set(key, {
      definition: item.definition,
      stored: stored + (known?.stored ?? 0),
      visible: visible + (known?.visible ?? 0),
    });
  }
  for (const { definition, stored, visible } of sums.values()) {
    const { rows } = definition;
    if (rows === undefined || rows === stored || rows === visible) continue;
    throw differs(definition, `has ${visible} rows, and the snapshot holds ${rows}`);
  }
}

function differs({ ref }: ObjectDefinition, what: string): SnapdeckError {
  return new SnapdeckError("restore-differs", `${refWords(ref)} ${what}; nothing that exists was touched`, {
    hint: "Restore another snapshot; this one, or the disk it stands on, is damaged.",
  });
}

import type { Backup, RestorePlan, TableEffect } from "@snapdeck/contract/backup";
import type { Inventory } from "@snapdeck/contract/cluster";
import type { PlanId } from "@snapdeck/contract/scalars";
import type { ListedBackup } from "../ports/cluster.ts";
import { tablesOf } from "./backup-of-manifest.ts";
import { suspectWords } from "./suspect-words.ts";

export type RestoreFacts = {
  readonly id: PlanId;
  readonly backup: Backup;
  readonly listed: ListedBackup;
  readonly clusterName: string;
  readonly ranks: number;
  /** What the cluster holds now, or held when it was last read; absent when nobody ever read it. */
  readonly inventory: Inventory | undefined;
  /** When the restore was swapped in whose previous data this one would let go; absent where none is kept. */
  readonly undoableSince: string | undefined;
  readonly space: { readonly neededBytes: number; readonly freeBytes: number };
  /** Bytes and milliseconds of earlier restores on this cluster, newest first. */
  readonly history: readonly { readonly sizeBytes: number; readonly tookMs: number }[];
  readonly madeAt: string;
  readonly expiresAt: string;
};

/** Computes what a restore would do, with the reason to hesitate for each thing that gives one. Changes nothing. */
export function planRestore(facts: RestoreFacts): RestorePlan {
  const { inventory, backup, listed, space } = facts;
  const tables = effectsOf(listed, inventory);
  const expectedMs = expectedOf(backup.sizeBytes, facts.history);
  return {
    id: facts.id,
    backup,
    clusterName: facts.clusterName,
    madeAt: facts.madeAt,
    expiresAt: facts.expiresAt,
    tables,
    ...(inventory === undefined ? {} : { rowsNowObservedAt: inventory.observedAt, rowsNow: inventory.rows }),
    rowsThen: backup.rows,
    space: { ...space, enough: space.freeBytes >= space.neededBytes },
    ...(expectedMs === undefined ? {} : { expectedMs }),
    warnings: warningsOf(facts, tables),
  };
}

function effectsOf(listed: ListedBackup, inventory: Inventory | undefined): TableEffect[] {
  const then = new Map(
    tablesOf(listed.manifest.ranks.flatMap((rank) => rank.tables)).map((t) => [key(t.database, t.table), t]),
  );
  const now = new Map(
    (inventory?.databases ?? []).flatMap((database) =>
      database.tables.map((table) => [key(database.name, table.name), { database: database.name, table }] as const),
    ),
  );
  const kept = [...then.values()].map((table): TableEffect => {
    const present = now.get(key(table.database, table.table));
    return {
      database: table.database,
      table: table.table,
      effect: present === undefined ? "brought-back" : "replaced",
      ...(present?.table.rows === undefined ? {} : { rowsNow: present.table.rows }),
      ...(table.rows === undefined ? {} : { rowsThen: table.rows }),
    };
  });
  const removed = [...now]
    .filter(([name]) => !then.has(name))
    .map(
      ([, { database, table }]): TableEffect => ({
        database,
        table: table.name,
        effect: "removed",
        ...(table.rows === undefined ? {} : { rowsNow: table.rows }),
      }),
    );
  return [...kept, ...removed].sort((a, b) => compare(a.database, b.database) || compare(a.table, b.table));
}

function warningsOf(
  { backup, listed, inventory, ranks, undoableSince, space }: RestoreFacts,
  tables: readonly TableEffect[],
): string[] {
  const warnings: string[] = [];
  if (backup.suspect !== undefined) {
    warnings.push(
      `A later proof of the backup failed: ${suspectWords(backup.suspect)}. What it brings back may be wrong there; an admin has to say why it is restored all the same.`,
    );
  }
  if (undoableSince !== undefined) {
    warnings.push(
      `The restore of ${utcMinute(undoableSince)} can then no longer be undone: the data from before it gives way to what the cluster holds now.`,
    );
  }
  if (space.freeBytes < space.neededBytes)
    warnings.push("There is not enough free space: the restore would be refused before it starts.");
  if (listed.manifest.ranks.length !== ranks) {
    warnings.push(
      `The backup holds ${listed.manifest.ranks.length} ranks and the cluster has ${ranks}: the restore would be refused.`,
    );
  }
  const removed = tables.filter((table) => table.effect === "removed").length;
  if (removed > 0)
    warnings.push(`${removed} ${removed === 1 ? "table" : "tables"} made since the backup will be gone.`);
  if (inventory === undefined)
    warnings.push("What the cluster holds now was never read, so what would be lost is unknown.");
  else if (inventory.rows > backup.rows) {
    warnings.push(`The cluster held ${inventory.rows - backup.rows} rows more than the backup when it was last read.`);
  }
  return warnings;
}

/** `2026-11-22 14:02 UTC`: the server does not know where its reader is. */
function utcMinute(moment: string): string {
  return `${moment.slice(0, 16).replace("T", " ")} UTC`;
}

/** The median speed of earlier restores; nothing is promised before there was one. */
function expectedOf(sizeBytes: number, history: RestoreFacts["history"]): number | undefined {
  const msPerByte = history.filter((past) => past.sizeBytes > 0).map((past) => past.tookMs / past.sizeBytes);
  const middle = msPerByte.sort((a, b) => a - b)[Math.floor(msPerByte.length / 2)];
  return middle === undefined ? undefined : Math.round(middle * sizeBytes);
}

function key(database: string, table: string): string {
  return JSON.stringify([database, table]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import type { SnapshotInfo } from "@snapdeck/contract/database-backup";
import type { SnapshotRequest } from "@snapdeck/core/ports/database-backups";
import { type DryRunRow, planRows } from "@snapdeck/core/snapshots/dry-run-rows";
import { baseFor } from "@snapdeck/core/snapshots/lineage";
import { neededFor, planRemoval } from "@snapdeck/core/snapshots/plan-removal";
import { refWords } from "@snapdeck/core/snapshots/restore-request";
import { nextSnapshotId } from "@snapdeck/core/snapshots/snapshot-id";
import type { ClusterParts } from "../cluster-parts.ts";
import { readSigned } from "./finish-earlier.ts";
import { goesWith } from "./let-go.ts";
import { folderRoleOf, type LiveTable } from "./rank-catalog.ts";
import type { OpenDefinition } from "./read-object-definitions.ts";
import { isNothingAnew } from "./take-begin.ts";
import { assertNoneWaits } from "./take-changes.ts";
import { readIntent, refuseExisting, type TakeIntent, tableKey, tablesOf } from "./take-intent.ts";
import { assertRoom } from "./take-room.ts";

/**
 * What taking the snapshot would do: each object with its rows, and bytes where all of them would be written; then what would go once it is
 * listed. No rows when nothing would be taken, because no definition changed.
 */
export async function planTake(parts: ClusterParts, request: SnapshotRequest): Promise<DryRunRow[]> {
  const read = await readSigned(request);
  refuseExisting(request, read);
  const intent = await readIntent(parts, request, read);
  if (await isNothingAnew(parts, request, intent)) return [];
  await assertNoneWaits(intent);
  await assertRoom(parts, request, intent);
  const tables = new Map<string, LiveTable[]>();
  for (const table of intent.catalogs.flatMap((catalog) => tablesOf(intent, catalog))) {
    const key = `${table.database}\0${table.name}`;
    tables.set(key, [...(tables.get(key) ?? []), table]);
  }
  const writes = intent.definitions.map((definition) =>
    writeRow(intent, definition, tables.get(tableKey(definition.ref) ?? "") ?? []),
  );
  return [...writes, ...(await removals(parts, request, intent))];
}

function writeRow({ options, base }: TakeIntent, { ref }: OpenDefinition, tables: readonly LiveTable[]): DryRunRow {
  const [first] = tables;
  const subject = refWords(ref);
  if (first === undefined || options.ddlOnly) return { action: "write", subject };
  const rows = tables.every((table) => table.rows !== undefined)
    ? { rows: tables.reduce((sum, table) => sum + (table.rows ?? 0), 0) }
    : {};
  const isWhole = base === undefined || folderRoleOf(first) === "log";
  const sizeBytes = tables.reduce((sum, table) => sum + (table.size_bytes ?? 0), 0);
  return { action: "write", subject, ...rows, ...(isWhole ? { sizeBytes } : {}) };
}

async function removals(parts: ClusterParts, request: SnapshotRequest, { read }: TakeIntent): Promise<DryRunRow[]> {
  if (read === undefined) return [];
  const { snapshots } = read.info;
  if (request.type === "full") {
    return snapshots.map(
      ({ id, rows, kept }): DryRunRow => ({
        action: "remove snapshot",
        subject: `snapshot ${id}`,
        rows,
        sizeBytes: kept.sizeBytes,
      }),
    );
  }
  const { ids, because } = goesWith(request, {
    ...read.info,
    snapshots: [...snapshots, ...asTaken(request, snapshots)],
  });
  if (ids.length === 0) return [];
  const view = await request.store.view(read.info, neededFor(read.info, ids));
  const { text: stampOfText } = request.store.stamper;
  return planRows(planRemoval(view, { ids, because, at: parts.clock(), stampOfText }), snapshots);
}

/** The snapshot that would be the newest, as far as it matters to what goes. */
function asTaken({ type }: SnapshotRequest, snapshots: readonly SnapshotInfo[]): SnapshotInfo[] {
  const [newest, base] = [snapshots.at(-1), baseFor(type, snapshots)];
  if (newest === undefined || base === undefined) return [];
  return [{ ...newest, id: nextSnapshotId(newest.id, [newest.id]), kind: type, baseId: base.id }];
}

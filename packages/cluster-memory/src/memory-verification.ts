import type { Manifest } from "@snapdeck/contract/manifest";
import type { ProofFault, ProofRecord } from "@snapdeck/contract/proof";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Clock } from "@snapdeck/core/clock";
import type { BackupOrder, ListedBackup, VerifyOrder, Work, WorkReport } from "@snapdeck/core/ports/cluster";
import { checksumOf } from "./memory-checksum.ts";
import { linesOf, type MemoryData, type MemoryEngine } from "./memory-engine.ts";

type ScannedTable = NonNullable<ProofRecord["tables"]>[number];

/** What the bytes in the store are held against: the manifest's only file holds every row. */
export function byteFaults(manifest: Manifest, data: MemoryData): ProofFault[] {
  const files = manifest.ranks.flatMap((rank) => rank.files);
  const differs = files.find((file) => file.engineChecksum !== checksumOf(linesOf(data)));
  if (differs === undefined) return [];
  return [{ subject: differs.path, fault: "bytes", detail: "its checksum is not the one in the manifest" }];
}

/** What restored tables are held against: the manifest's rows, and the contents that the newest passed L3 before recorded. */
export function tableFaults({ manifest, proofs }: ListedBackup, tables: readonly ScannedTable[]): ProofFault[] {
  const earlier = proofs.findLast((record) => record.level === "L3" && record.faultsTotal === 0)?.tables ?? [];
  const keyOf = (table: { database: string; table: string }) => `${table.database}.${table.table}`;
  const found = new Map(tables.map((table) => [keyOf(table), table]));
  const rows = manifest.ranks
    .flatMap((rank) => rank.tables)
    .filter((table) => table.rows !== found.get(keyOf(table))?.rows)
    .map(
      (table): ProofFault => ({
        subject: keyOf(table),
        fault: "rows",
        detail: `it has ${found.get(keyOf(table))?.rows ?? 0} rows, and the backup holds ${table.rows}`,
      }),
    );
  const contents = earlier
    .filter((table) => table.checksum !== found.get(keyOf(table))?.checksum)
    .map(
      (table): ProofFault => ({ subject: keyOf(table), fault: "contents", detail: "its rows are other than before" }),
    );
  return [...rows, ...contents];
}

export function scan(data: MemoryData): ScannedTable[] {
  return [...data].flatMap(([database, tables]) =>
    [...tables].map(([table, rows]) => ({
      rank: 0,
      database,
      table,
      rows: rows.length,
      checksum: checksumOf([...rows].sort()),
    })),
  );
}

type Findings = Pick<ProofRecord, "level" | "faults" | "tables">;

/** Writes down what a proof found, and answers the record. */
export function recordProof(
  engine: MemoryEngine,
  clock: Clock,
  order: BackupOrder,
  { manifest, manifestSha256 }: ListedBackup,
  found: Findings,
): ProofRecord {
  const record: ProofRecord = {
    format: "snapdeck-proof/1",
    clusterId: manifest.clusterId,
    backupId: order.backupId,
    manifestSha256,
    jobId: order.jobId,
    provenAt: clock(),
    files: 1,
    sizeBytes: manifest.ranks.reduce((sum, rank) => sum + rank.sizeBytes, 0),
    faultsTotal: found.faults.length,
    ...found,
  };
  engine.proofs.set(order.backupId, [...(engine.proofs.get(order.backupId) ?? []), record]);
  return record;
}

/** Taken up, it begins anew unless its record is there: until then it changes nothing that a second one could meet. */
export async function* verify(
  engine: MemoryEngine,
  clock: Clock,
  order: VerifyOrder,
  read: () => Promise<ListedBackup>,
  signal: AbortSignal,
): Work {
  const listed = await read();
  const known = order.takeUp ? listed.proofs.find(({ jobId }) => jobId === order.jobId) : undefined;
  if (known !== undefined) return yield ended(known);
  const { data } = engine.snapshots.get(order.backupId) ?? { data: new Map() };
  const { sizeBytes: bytesTotal = 0 } = listed.manifest.ranks[0] ?? {};
  yield { type: "phase", phase: "reading" };
  yield { type: "progress", ranks: [{ rank: 0, bytesDone: 0, bytesTotal, filesDone: 0, filesTotal: 1 }] };
  await engine.pass("reading", signal);
  // What reading finds is told as L2, whatever was asked for.
  let found: Findings = { level: "L2", faults: byteFaults(listed.manifest, data) };
  if (order.level === "L3" && found.faults.length === 0 && !signal.aborted) {
    engine.mustAnswer();
    yield { type: "phase", phase: "restoring" };
    await engine.pass("restoring", signal);
    yield { type: "phase", phase: "comparing" };
    const tables = scan(data);
    found = { level: "L3", faults: tableFaults(listed, tables), tables };
  }
  if (signal.aborted) return yield { type: "stopped" };
  await order.checkFence();
  yield ended(recordProof(engine, clock, order, listed, found));
}

function ended({
  backupId,
  level,
  provenAt,
  files,
  sizeBytes,
  faults,
  faultsTotal,
  tables = [],
}: ProofRecord): WorkReport {
  const [fault] = faults;
  if (fault !== undefined) {
    throw new SnapdeckError(
      "proof-failed",
      `${level} found ${faultsTotal} faults, such as ${fault.subject}: ${fault.detail}; the backup is suspect`,
      { hint: "Take another backup." },
    );
  }
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return { type: "confirmed", evidence: { kind: "verify-backup", backupId, level, provenAt, files, sizeBytes, rows } };
}

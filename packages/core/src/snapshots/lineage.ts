import type { SnapshotInfo, SnapshotKind } from "@snapdeck/contract/database-backup";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { SnapshotId } from "@snapdeck/contract/snapshot-file";

type Linked = Pick<SnapshotInfo, "id" | "kind" | "baseId">;

/**
 * What a snapshot of that kind builds on, of those listed: an incremental on the newest of any kind, a differential on the newest full;
 * undefined for a full one.
 * @throws {SnapdeckError} `snapshot-not-found` when there is nothing to build on
 */
export function baseFor<S extends Linked>(kind: SnapshotKind, snapshots: readonly S[]): S | undefined {
  if (kind === "full") return undefined;
  const base = kind === "incremental" ? snapshots.at(-1) : snapshots.findLast((snapshot) => snapshot.kind === "full");
  if (base !== undefined) return base;
  throw new SnapdeckError("snapshot-not-found", `there is no snapshot that ${kind} one could build on`, {
    hint: "Take a full one first: CREATE BACKUP, with RECREATE where the backup is there.",
  });
}

/**
 * A snapshot and all that it takes bytes from, itself first and the full one last.
 * @throws {SnapdeckError} `snapshot-not-found`
 */
export function chainOf<S extends Linked>(snapshots: readonly S[], id: number): [S, ...S[]] {
  const byId = new Map<number, S>(snapshots.map((snapshot) => [snapshot.id, snapshot]));
  const first = byId.get(id);
  if (first === undefined) throw notListed(id);
  const chain: [S, ...S[]] = [first];
  // A base is listed before what builds on it, so this ends.
  for (let base = first.baseId; base !== undefined; ) {
    const next = byId.get(base);
    if (next === undefined || chain.length > snapshots.length) throw notListed(base);
    chain.push(next);
    base = next.baseId;
  }
  return chain;
}

/** Those that take bytes from it, at any remove, in the order in which they were taken. */
export function dependantsOf<S extends Linked>(snapshots: readonly S[], id: SnapshotId): S[] {
  const reached = new Set<number>([id]);
  return snapshots.filter((snapshot) => {
    if (snapshot.baseId === undefined || !reached.has(snapshot.baseId)) return false;
    reached.add(snapshot.id);
    return true;
  });
}

export function notListed(id: number): SnapdeckError {
  return new SnapdeckError("snapshot-not-found", `the backup lists no snapshot ${id}; nothing was changed`, {
    hint: "DESCRIBE BACKUP shows those that there are.",
  });
}

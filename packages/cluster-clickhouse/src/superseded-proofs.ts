import type { ProofRecord } from "@snapdeck/contract/proof";

/**
 * Those of `records`, oldest first, that say nothing any more: of each level only the newest that was passed and the newest that was
 * not are needed to know how far a backup is proven, what it is suspect of, and what its tables held.
 */
export function supersededProofs<T extends Pick<ProofRecord, "level" | "faultsTotal">>(records: readonly T[]): T[] {
  return records.filter((record, at) =>
    records
      .slice(at + 1)
      .some((later) => later.level === record.level && (later.faultsTotal === 0) === (record.faultsTotal === 0)),
  );
}

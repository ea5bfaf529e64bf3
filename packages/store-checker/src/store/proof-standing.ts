import type { Backup } from "@snapdeck/contract/backup";
import type { Proof, ProofRecord } from "@snapdeck/contract/proof";

/** The most faults that a list carries for each backup. */
const FAULTS_SHOWN = 20;

const LEVELS = ["L1", "L2", "L3"] as const;

/**
 * What records, oldest first, make of a backup: a failed proof makes it suspect until one at least as strong passes, and meanwhile
 * only weaker proofs than the failed one count.
 */
export function standingOf(
  listed: Proof,
  records: readonly ProofRecord[],
): Pick<Backup, "proof" | "proofs" | "suspect"> {
  const strength = (level: Proof["level"]) => LEVELS.indexOf(level);
  const passed = new Map<Proof["level"], Proof>([["L1", listed]]);
  let open: ProofRecord[] = [];
  for (const record of records) {
    if (record.faultsTotal > 0) open.push(record);
    else {
      passed.set(record.level, { level: record.level, provenAt: record.provenAt });
      open = open.filter((failed) => strength(failed.level) > strength(record.level));
    }
  }
  const failed = open.at(-1);
  const proofs: Proof[] = [];
  for (const level of LEVELS) {
    const proof = passed.get(level);
    const counts = level === "L1" || failed === undefined || strength(level) < strength(failed.level);
    if (proof !== undefined && counts) proofs.push(proof);
  }
  const proof = proofs.at(-1) ?? listed;
  if (failed === undefined) return { proof, proofs };
  const { level, provenAt: foundAt, faults, faultsTotal } = failed;
  return { proof, proofs, suspect: { level, foundAt, faults: faults.slice(0, FAULTS_SHOWN), faultsTotal } };
}

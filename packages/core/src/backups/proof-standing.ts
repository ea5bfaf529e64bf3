import type { Backup } from "@snapdeck/contract/backup";
import type { Proof, ProofLevel, ProofRecord } from "@snapdeck/contract/proof";

const STRENGTH: Record<ProofLevel, number> = { L1: 1, L2: 2, L3: 3 };

/** The most faults that a list carries for each backup. */
const FAULTS_SHOWN = 20;

/**
 * How far a backup is proven by what its manifest says and what was recorded since, oldest first. The newest proof of the most
 * searching kind decides: a backup whose bytes were wrong is suspect until a proof at least as strong finds them right again. While it
 * is suspect, only proofs weaker than the one that failed still count.
 */
export function standingOf(
  listed: Proof,
  records: readonly ProofRecord[],
): Pick<Backup, "proof" | "proofs" | "suspect"> {
  const failed = records.findLast(
    (record, at) =>
      record.faultsTotal > 0 &&
      !records
        .slice(at + 1)
        .some((later) => later.faultsTotal === 0 && STRENGTH[later.level] >= STRENGTH[record.level]),
  );
  const counts = (proof: Proof) => failed === undefined || STRENGTH[proof.level] < STRENGTH[failed.level];
  const passed = records
    .filter((record) => record.faultsTotal === 0)
    .map(({ level, provenAt }): Proof => ({ level, provenAt }));
  const newest = (level: ProofLevel) => passed.findLast((proof) => proof.level === level);
  const proofs = [listed, newest("L2"), newest("L3")]
    .filter((proof) => proof !== undefined)
    .filter((proof) => proof === listed || counts(proof));
  return {
    proof: proofs.at(-1) ?? listed,
    proofs,
    ...(failed === undefined
      ? {}
      : {
          suspect: {
            level: failed.level,
            foundAt: failed.provenAt,
            faults: failed.faults.slice(0, FAULTS_SHOWN),
            faultsTotal: failed.faultsTotal,
          },
        }),
  };
}

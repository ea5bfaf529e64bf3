import type { Backup } from "@snapdeck/contract/backup";
import { ProofLevel } from "@snapdeck/contract/proof";

/** How a backup stands at one level of proof, and since when that is known. */
export type ProofStanding = { readonly level: ProofLevel } & (
  | { readonly standing: "passed" | "failed"; readonly at: string }
  | { readonly standing: "open" }
);

/** Every level, weakest first: passed, failed by the proof that made the backup suspect, or not looked at. */
export function proofStandings({ proofs, suspect }: Pick<Backup, "proofs" | "suspect">): ProofStanding[] {
  return ProofLevel.options.map((level) => {
    if (suspect?.level === level) return { level, standing: "failed", at: suspect.foundAt };
    const passed = proofs.findLast((proof) => proof.level === level);
    return passed === undefined ? { level, standing: "open" } : { level, standing: "passed", at: passed.provenAt };
  });
}

import type { Backup } from "@snapdeck/contract/backup";
import { StateBadge } from "../../components/state-badge.tsx";
import { proofWords } from "./proof-words.ts";

type Props = { readonly backup: Pick<Backup, "proof" | "suspect"> };

/** How a backup stands, in a word. */
export function ProofBadge({ backup: { proof, suspect } }: Props) {
  if (suspect !== undefined) return <StateBadge tone="suspect" word="Suspect" />;
  return <StateBadge tone="proven" word={proofWords(proof.level).word} />;
}

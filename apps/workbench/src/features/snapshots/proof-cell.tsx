import type { Backup } from "@snapdeck/contract/backup";
import { Hint } from "../../components/hint.tsx";
import { TextButton } from "../../components/text-button.tsx";
import { Age } from "../../format/age.tsx";
import classes from "./backups-table.module.css";
import { ProofBadge } from "./proof-badge.tsx";
import { proofWords } from "./proof-words.ts";
import { suspicion } from "./suspect-words.ts";

type Props = {
  readonly backup: Backup;
  /** The level of the proof that reads it now. */
  readonly verifying: Backup["proof"]["level"] | undefined;
  /** Opens everything that is known of its proofs. */
  readonly onOpen: () => void;
};

/** How far a backup is proven and since when, or that it is suspect; the badge leads to the whole of it. */
export function ProofCell({ backup: { proof, suspect }, verifying, onOpen }: Props) {
  const { word, sentence } = proofWords(proof.level);
  const shown = suspect === undefined ? word : "Suspect";
  return (
    <div className={classes["proof"]}>
      <Hint label={suspect === undefined ? sentence : `${suspicion(suspect)}.`}>
        <TextButton
          className={classes["badge"]}
          aria-label={`${shown}, proof details`}
          aria-haspopup="dialog"
          onClick={onOpen}
        >
          <ProofBadge backup={{ proof, suspect }} />
        </TextButton>
      </Hint>
      <span className={classes["under"]}>
        {verifying !== undefined ? (
          `${verifying} proof under way`
        ) : suspect === undefined ? (
          <>
            {proof.level}, <Age at={proof.provenAt} />
          </>
        ) : (
          <>
            {suspect.level} failed <Age at={suspect.foundAt} />
          </>
        )}
      </span>
    </div>
  );
}

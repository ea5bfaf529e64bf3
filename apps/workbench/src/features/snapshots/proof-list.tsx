import type { Backup } from "@snapdeck/contract/backup";
import { IconCircleDashed } from "@tabler/icons-react";
import { StateBadge } from "../../components/state-badge.tsx";
import { Age } from "../../format/age.tsx";
import classes from "./proof-list.module.css";
import { type ProofStanding, proofStandings } from "./proof-standings.ts";
import { proofWords } from "./proof-words.ts";

type Props = { readonly backup: Pick<Backup, "proofs" | "suspect"> };

/** Each level of proof in plain words: what it looks at, whether it was passed, and when. */
export function ProofList({ backup }: Props) {
  return (
    <ul className={classes["proofs"]} aria-label="Proofs">
      {proofStandings(backup).map((standing) => (
        <li key={standing.level}>
          <Standing of={standing} />
          <p>{proofWords(standing.level).sentence}</p>
        </li>
      ))}
    </ul>
  );
}

function Standing({ of }: { readonly of: ProofStanding }) {
  const name = `${proofWords(of.level).word} (${of.level})`;
  switch (of.standing) {
    case "open":
      return <StateBadge tone="unknown" icon={IconCircleDashed} word={`${name}: not proven`} />;
    case "passed":
      return (
        <>
          <StateBadge tone="proven" word={name} />{" "}
          <span className="quiet">
            <Age at={of.at} />
          </span>
        </>
      );
    case "failed":
      return (
        <>
          <StateBadge tone="suspect" word={`${name}: failed`} />{" "}
          <span className="quiet">
            <Age at={of.at} />
          </span>
        </>
      );
  }
}

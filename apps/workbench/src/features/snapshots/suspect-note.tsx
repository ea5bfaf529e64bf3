import type { Suspect } from "@snapdeck/contract/backup";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Age } from "../../format/age.tsx";
import { SuspectFiles } from "./suspect-files.tsx";
import classes from "./suspect-note.module.css";
import { suspicion } from "./suspect-words.ts";

type Props = {
  readonly suspect: Suspect;
  /** What it means here, and what to do. */
  readonly children: ReactNode;
};

/** Why a backup is not trusted: since when, by which proof, and what differs. */
export function SuspectNote({ suspect, children }: Props) {
  return (
    <section className={classes["note"]} aria-label="Suspect backup">
      <IconAlertTriangle size={18} aria-hidden className={classes["icon"]} />
      <div className={classes["words"]}>
        <p>
          <strong>This backup is suspect.</strong> {suspicion(suspect)}, as its {suspect.level} proof found{" "}
          <Age at={suspect.foundAt} />:
        </p>
        <SuspectFiles suspect={suspect} />
        {children}
      </div>
    </section>
  );
}

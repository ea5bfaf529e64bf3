import type { Suspect } from "@snapdeck/contract/backup";
import classes from "./suspect-files.module.css";
import { unnamed } from "./suspect-words.ts";

type Props = { readonly suspect: Suspect };

/** What a proof found to be other than the manifest says: each file that was recorded with how it differs, and how many more there are. */
export function SuspectFiles({ suspect }: Props) {
  const more = unnamed(suspect);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard.
    <ul className={classes["files"]} aria-label="What differs" tabIndex={0}>
      {suspect.faults.map(({ subject, detail }) => (
        <li key={`${subject} ${detail}`}>
          <code>{subject}</code>
          <span>{detail}</span>
        </li>
      ))}
      {more !== undefined && <li>{more}</li>}
    </ul>
  );
}

import { Button } from "@mantine/core";
import { IconArrowsDiff, IconEqual } from "@tabler/icons-react";
import { CopyButton } from "../../components/copy-button.tsx";
import { Hint } from "../../components/hint.tsx";
import { wordsOfError } from "../../components/problem-words.ts";
import { Age } from "../../format/age.tsx";
import { formatDuration } from "../../format/duration.ts";
import { formatCount } from "../../format/rows.ts";
import { useTicking } from "../../format/use-now.ts";
import classes from "./checksum-cell.module.css";
import { type ChecksumEntry, type Comparison, comparison } from "./checksum-entry.ts";

type Props = {
  readonly name: string;
  readonly entry: ChecksumEntry | undefined;
  /** Why no checksum can be computed now; undefined when it can. */
  readonly blocked: string | undefined;
  readonly onScan: () => void;
};

/** A table's checksum: asked for, being computed, or there, compared with the one before. */
export function ChecksumCell({ name, entry, blocked, onScan }: Props) {
  const standing = entry?.standing ?? "idle";
  if (standing !== "idle") {
    return <span className="quiet">{standing === "waiting" ? "waiting its turn" : "reading every row…"}</span>;
  }
  return (
    <span className={classes["cell"]}>
      {entry?.now !== undefined && <Result entry={entry} />}
      {entry?.error !== undefined && <span className={classes["failed"]}>{failureText(entry.error)}</span>}
      <ScanButton name={name} again={entry?.now !== undefined} blocked={blocked} onScan={onScan} />
    </span>
  );
}

function Result({ entry }: { readonly entry: ChecksumEntry }) {
  const { now } = entry;
  const compared = useCompared(entry);
  if (now === undefined) return null;
  return (
    <>
      <Hint label={`${now.checksum} over ${formatCount(now.rows)} rows, read in ${formatDuration(now.tookMs)}`}>
        <code>{short(now.checksum)}</code>
      </Hint>
      <CopyButton text={now.checksum} label={`Copy the checksum of ${now.database}.${now.table}`} />
      <span className={classes["news"]}>
        {compared === undefined ? (
          <Age at={now.observedAt} />
        ) : (
          <span className={classes["compared"]} data-tone={compared.same ? "running" : "suspect"}>
            {compared.same ? <IconEqual size={14} aria-hidden /> : <IconArrowsDiff size={14} aria-hidden />}
            {compared.text}
          </span>
        )}
      </span>
    </>
  );
}

function useCompared(entry: ChecksumEntry): Comparison | undefined {
  useTicking(() => comparison(entry, Date.now())?.text ?? "");
  return comparison(entry, Date.now());
}

type ScanProps = Pick<Props, "name" | "blocked" | "onScan"> & { readonly again: boolean };

function ScanButton({ name, again, blocked, onScan }: ScanProps) {
  const button = (
    <Button
      variant="subtle"
      aria-label={`${again ? "Compute again" : "Compute"} the checksum of ${name}`}
      {...(blocked === undefined ? {} : { "aria-disabled": true, "data-disabled": true })}
      onClick={() => blocked === undefined && onScan()}
    >
      {again ? "Again" : "Checksum"}
    </Button>
  );
  return blocked === undefined ? button : <Hint label={blocked}>{button}</Hint>;
}

function short(checksum: string): string {
  return checksum.length > 16 ? `${checksum.slice(0, 12)}…` : checksum;
}

function failureText(error: unknown): string {
  const { what, detail } = wordsOfError(error);
  return detail === undefined ? what : `${what}: ${detail}`;
}

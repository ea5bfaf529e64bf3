import { formatBytes } from "../../format/bytes.ts";
import { formatCounted } from "../../format/rows.ts";
import type { JobResult } from "./recent-result.ts";
import { ResultNote } from "./result-note.tsx";

type Props = { readonly result: JobResult; readonly title: string; readonly onDismiss: () => void };

/** That a check found nothing broken, and how much it looked at. */
export function StoreCheckResult({ result: { evidence, job, endedAt }, title, onDismiss }: Props) {
  if (evidence.kind !== "check-store") return null;
  const { backups, files, sizeBytes, invariants } = evidence;
  const read = job.work.kind === "check-store" && job.work.bytes;
  return (
    <ResultNote of="the store check" title={title} endedAt={endedAt} onDismiss={onDismiss}>
      <p>
        Nothing is broken: {formatCounted(invariants, "invariant")} hold on {formatCounted(backups, "backup")} with{" "}
        {formatCounted(files, "file")}, {formatBytes(sizeBytes)}
        {read ? "; every byte was read." : "; sizes were compared, bytes were not read."}
      </p>
    </ResultNote>
  );
}

import type { SnapshotInfo } from "@snapdeck/contract/database-backup";
import type { SnapshotRestore } from "./plan-snapshot-restore.ts";
import type { PlanStep } from "./plan-steps.ts";
import { refWords } from "./restore-request.ts";

/** One line of the answer to DRY_RUN. Absent where there is nothing to count. */
export type DryRunRow = {
  readonly action:
    | "make schema"
    | "make"
    | "replace"
    | "move aside"
    | "fold into"
    | "write"
    | "change"
    | "remove snapshot"
    | "remove backup";
  readonly subject: string;
  readonly rows?: number;
  readonly sizeBytes?: number;
};

/** What a restore would do, in the order in which it would. */
export function restoreRows({ schemas, items }: SnapshotRestore): DryRunRow[] {
  return [
    ...schemas.map((schema): DryRunRow => ({ action: "make schema", subject: schema })),
    ...items.flatMap(({ definition, target, effect, movedTo, withRows }): DryRunRow[] => {
      const rows = withRows && definition.rows !== undefined ? { rows: definition.rows } : {};
      const aside =
        movedTo === undefined
          ? []
          : [{ action: "move aside", subject: `${refWords(target)} to ${refWords(movedTo)}` } as const];
      return [...aside, { action: effect === "replaced" ? "replace" : "make", subject: refWords(target), ...rows }];
    }),
  ];
}

/** What a plan for a backup's snapshots would do. Bytes that are linked are counted as folded, though a directory writes none of them. */
export function planRows(steps: readonly PlanStep[], snapshots: readonly SnapshotInfo[]): DryRunRow[] {
  const folded = new Map<number, number>();
  for (const step of steps) {
    if (step.step !== "compose") continue;
    const id = Number(step.path.split("/")[0]);
    folded.set(id, (folded.get(id) ?? 0) + step.sizeBytes);
  }
  const byId = new Map<number, SnapshotInfo>(snapshots.map((snapshot) => [snapshot.id, snapshot]));
  return [
    ...[...folded].map(
      ([id, sizeBytes]): DryRunRow => ({
        action: byId.has(id) ? "fold into" : "write",
        subject: `snapshot ${id}`,
        sizeBytes,
      }),
    ),
    ...steps.flatMap((step): DryRunRow[] => {
      if (step.step === "remove-info") return [{ action: "remove backup", subject: "every snapshot" }];
      if (step.step !== "remove-snapshot") return [];
      const snapshot = byId.get(step.id);
      const counts = snapshot === undefined ? {} : { rows: snapshot.rows, sizeBytes: snapshot.kept.sizeBytes };
      return [{ action: "remove snapshot", subject: `snapshot ${step.id}`, ...counts }];
    }),
  ];
}
